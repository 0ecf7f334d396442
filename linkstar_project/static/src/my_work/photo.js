/** Longest side of a photo that is sent; enough to read a shipping label. */
export const LONGEST_SIDE = 2048;

/**
 * Shrink a picture in the browser: a phone's photo of 8 MB becomes some 400 kB, turned
 * the right way and without the place where it was taken.
 *
 * @param {File} file
 * @returns {Promise<{name: string, data: string}>} base64 without its prefix
 */
export async function readPhoto(file) {
    const name = file.name || "photo.jpg";
    try {
        const bitmap = await createImageBitmap(file);
        const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(bitmap.width * scale));
        canvas.height = Math.max(1, Math.round(bitmap.height * scale));
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        bitmap.close();
        return { name, data: canvas.toDataURL("image/jpeg", 0.85).split(",")[1] };
    } catch {
        // Not decodable here (or no picture at all): the server decides and says why.
        return { name, data: await readBase64(file) };
    }
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function readBase64(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file);
    });
}
