/* global odoo */
import { _t } from "@web/core/l10n/translation";

/**
 * Upload and opening of encrypted files. A file is sent in parts, one at a time, so
 * that a large one needs little memory and passes the server's limit on requests.
 */
export class UploadError extends Error {}

/** Upload ``file`` as a new version of a document; returns the server's answer. */
export async function upload(orm, documentId, file, onProgress = () => {}) {
    const begun = await orm.call("linkstar.document", "begin_upload", [
        [documentId],
        file.name,
        file.size,
    ]);
    for (let number = 0; number < begun.parts; number++) {
        const from = number * begun.part_bytes;
        await sendPart(begun.id, number, file.slice(from, from + begun.part_bytes));
        onProgress(Math.round((100 * (number + 1)) / begun.parts));
    }
    return orm.call("linkstar.document.file", "finish_upload", [[begun.id]]);
}

async function sendPart(uploadId, number, part) {
    const response = await fetch(`/linkstar/papers/upload/${uploadId}/${number}`, {
        method: "POST",
        headers: {
            "Content-Type": "application/octet-stream",
            "X-CSRF-Token": odoo.csrf_token,
        },
        body: await part.arrayBuffer(),
    });
    if (!response.ok) {
        throw new UploadError(await sentence(response));
    }
}

/** Fetch what a POST route answers as a blob; raises the server's sentence. */
export async function fetchBlob(url, values) {
    const body = new FormData();
    body.append("csrf_token", odoo.csrf_token);
    for (const [name, value] of Object.entries(values)) {
        body.append(name, value);
    }
    const response = await fetch(url, { method: "POST", body });
    if (!response.ok) {
        throw new UploadError(await sentence(response));
    }
    return { blob: await response.blob(), headers: response.headers };
}

async function sentence(response) {
    try {
        return (await response.json()).error;
    } catch {
        return _t("The server did not take it. Check the connection and try again.");
    }
}

/** Save a blob under a name. */
export function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
