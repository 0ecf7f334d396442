"""The Debian archive is read from the machine's own apt configuration."""

from tools import apt

DEBIAN_12 = """\
Types: deb
# a remark of the image's maker
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
UBUNTU_24 = """\
Types: deb
URIs: http://archive.example/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""


def uris(text, parse=apt.parse_deb822):
    return [source.uri for source in apt.debian_archives(parse(text))]


def test_deb822_archive_is_found_and_security_left_out():
    assert uris(DEBIAN_12) == ["http://mirror.example/debian"]


def test_ubuntu_names_no_debian_archive():
    assert uris(UBUNTU_24) == []


def test_one_line_format_with_options_and_remarks():
    text = """
    # deb http://commented.example/debian bookworm main
    deb-src http://sources.example/debian bookworm main
    deb [ arch=amd64 signed-by=/etc/keys.gpg ] https://m.example/debian/ trixie main # x
    deb cdrom:[Debian 12]/ bookworm main
    deb https://pkgs.example/apt stable contrib
    """
    found = apt.debian_archives(apt.parse_list(text))
    assert [(s.uri, s.signed_by) for s in found] == [
        ("https://m.example/debian/", "/etc/keys.gpg")
    ]


def test_disabled_entries_and_source_packages_do_not_count():
    assert uris(DEBIAN_12.replace("Types: deb\n", "Enabled: no\nTypes: deb\n", 1)) == []
    assert uris(DEBIAN_12.replace("Types: deb\n", "Types: deb-src\n", 1)) == []


def test_address_called_debian_comes_before_third_parties():
    text = """
    deb https://vendor.example/packages bookworm main
    deb http://snapshot.example/archive/debian/20250520T000000Z bookworm main
    """
    assert uris(text, apt.parse_list)[0].startswith("http://snapshot.example")


def test_mirror_lists_are_left_to_apt():
    text = DEBIAN_12.replace(
        "http://mirror.example/debian\n", "mirror+file:///etc/apt/mirrors/debian.list\n"
    )
    assert uris(text) == ["mirror+file:///etc/apt/mirrors/debian.list"]


def test_unstable_entry_keeps_address_and_keys():
    source = next(apt.parse_deb822(DEBIAN_12))
    assert apt.unstable_source(source) == (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: unstable\n"
        "Components: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def test_key_written_into_the_source_survives():
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB\n"
    text = DEBIAN_12.replace(
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n", key
    )
    written = apt.unstable_source(next(apt.parse_deb822(text)))
    again = next(apt.parse_deb822(written))
    assert again.signed_by.splitlines()[-1] == "mQINB"


def test_both_formats_of_a_machine_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://a.example/debian sid main\n")
    (tmp_path / "sources.list.d/debian.sources").write_text(DEBIAN_12)
    found = apt.debian_archives(apt.read_sources(tmp_path))
    assert [s.uri for s in found] == [
        "http://a.example/debian",
        "http://mirror.example/debian",
    ]
