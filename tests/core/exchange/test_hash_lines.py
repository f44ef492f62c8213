"""Lines as md5sum, pdq-photo-hasher, vpdq and python-threatexchange write them."""

import json

import pytest

from app.core.exchange.hash_lines import ListReader
from app.core.exchange.listed_hashes import BadLine, HashKind, ListedHash

PDQ = "ab" * 32
OTHER = "cd" * 32
BITS, OTHER_BITS = bytes.fromhex(PDQ), bytes.fromhex(OTHER)


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("ab" * 16, None, ListedHash(HashKind.MD5, b"\xab" * 16)),
        ("AB" * 20, None, ListedHash(HashKind.SHA1, b"\xab" * 20)),
        (PDQ, HashKind.SHA256, ListedHash(HashKind.SHA256, BITS)),
        (PDQ, HashKind.PDQ, ListedHash(HashKind.PDQ, BITS)),
        (f"{PDQ}  clip.mp4", None, ListedHash(HashKind.SHA256, BITS)),
        (f"{'ab' * 16} *clip.mp4", None, ListedHash(HashKind.MD5, b"\xab" * 16)),
        (f"{PDQ},77,cat.jpg", None, ListedHash(HashKind.PDQ, BITS, quality=77, label="cat.jpg")),
        (f"{PDQ},12,345,today,a b", None, ListedHash(HashKind.PDQ, BITS, label="a b")),
        (f"{PDQ},²", None, ListedHash(HashKind.PDQ, BITS, label="²")),
        (f"{PDQ},{'9' * 5000}", None, ListedHash(HashKind.PDQ, BITS, label="9" * 200)),
        (f"pdq {PDQ}", None, ListedHash(HashKind.PDQ, BITS)),
        (f"video_md5 {'ab' * 16}", None, ListedHash(HashKind.MD5, b"\xab" * 16)),
        (f"5,90,{PDQ},1.250", None, ListedHash(HashKind.VPDQ, BITS, "v", 90, 1250)),
    ],
)
def test_each_kind_of_line_gives_its_hash(
    line: str, kind: HashKind | None, expected: ListedHash
) -> None:
    assert ListReader(kind, "v").read(f"  {line}\r\n") == [expected]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (PDQ, "say which"),
        ("holiday", "hexadecimal"),
        ("url http://example.org", "hexadecimal"),
        (f"pdq {PDQ}ff", "64 hexadecimal digits"),
        ("vpdq []", "no hashes"),
        ('vpdq ["x"]', "list of a video"),
        (f"vpdq {PDQ}", "name the video"),
        (f"5,101,{PDQ},1.250", "0 to 100"),
        (f"5,{'9' * 5000},{PDQ},1.250", "0 to 100"),
        (f"{PDQ},90,\0", "NUL"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, reason: str) -> None:
    video = "v" if line.startswith("5,") else ""
    with pytest.raises(BadLine, match=reason):
        ListReader(video=video).read(line)


@pytest.mark.parametrize("quality", ["²", "9" * 5000, "-1", "x"])
def test_a_quality_that_is_none_is_that_rows_fault(quality: str) -> None:
    reader = ListReader()
    reader.read("kind,hash,quality")
    with pytest.raises(BadLine, match="0 to 100"):
        reader.read(f"pdq,{PDQ},{quality}")


def test_empty_lines_and_comments_are_none() -> None:
    reader = ListReader()
    assert [reader.read(line) for line in ("\ufeff", "", "# PDQ", "\n")] == [[]] * 4


def test_the_csv_that_python_threatexchange_prints() -> None:
    reader = ListReader()
    assert reader.read("signal_type,signal_str,collab,category,tags\n") == []
    frames = json.dumps([f"{PDQ},90,0.0", f"{OTHER},80,1.5"]).replace('"', '""')
    found = reader.read(f'vpdq,"{frames}",Sample,POSITIVE_CLASS,x y\n')
    assert [(each.bits, each.quality, each.at_ms) for each in found] == [
        (BITS, 90, 0),
        (OTHER_BITS, 80, 1500),
    ]
    assert len({each.entry for each in found}) == 1
    assert {each.label for each in found} == {"POSITIVE_CLASS x y"}
    [picture] = reader.read(f"pdq,{PDQ},Sample,,\n")
    assert picture == ListedHash(HashKind.PDQ, BITS)
    with pytest.raises(BadLine, match="'url' is no kind of hash"):
        reader.read("url,https://example.org,Sample,,\n")


def test_threatexchange_and_named_columns() -> None:
    reader = ListReader()
    assert reader.read("id,type,indicator,tags") == []
    [told] = reader.read(f"7,HASH_PDQ,{PDQ},a")
    assert told == ListedHash(HashKind.PDQ, BITS, "7", label="a")
    reader = ListReader()
    assert reader.read("video,pdq,sha256,quality") == []
    both = reader.read(f"one,{PDQ},{OTHER},60")
    assert [(each.kind, each.entry) for each in both] == [
        (HashKind.PDQ, "one"),
        (HashKind.SHA256, "one"),
    ]
    reader = ListReader()
    reader.read("kind,video,hash,quality,timestamp")
    [frame] = reader.read(f"vpdq,clip,{PDQ},70,2.5")
    assert frame == ListedHash(HashKind.VPDQ, BITS, "clip", 70, 2500)
