"""The README of a custody export: what it holds, what it proves, and how to check that offline."""
# ruff: noqa: E501  (commands are lines)

TEXT = """\
Custody export of media item {media_id}
Made {at} by {actor}.

WHAT THIS PROVES
That what is recorded here is unchanged since it was recorded, and that nothing was removed from
between: the file since it arrived (SHA-256 {sha256}), each entry since it was made.
It does not prove that the file shows what somebody says it shows.

WHAT IS HERE
{original_line}
item.json, receipts.json      the item, and each of its arrivals: who, when, from where
record.json and the others    the verification record, its history, findings, claims, notes, matches
provenance.json               what the file says of its own origin, as it was read; {store_lines}
audit/entries.txt             what was done with this item, one line each, for people
audit/access.txt              who saw sensitive pictures of it or took an export
audit/contents.ndjson         the same entries, exactly as the chain digests them
audit/payloads.txt            their particulars: 64 digits of salt, then JSON; missing are erased ones,
                              and those that name a protected source or who sent a file, where
                              whom it was made for may not read that
audit/chain.txt               a digest for every entry of the desk from {first_seq} to {last_seq}, of all
                              items: what the others say does not show
checkpoints/                  signed checkpoints, the public key, and time stamps (.tsr) where there are any
check/                        a small program that checks all but signatures (Python 3.11, nothing else)
SHA256SUMS, SHA256SUMS.sig    the digest of each file, signed by the desk

HOW TO CHECK IT, OFFLINE
Unpack it and go into its folder. You need sha256sum, and openssl 1.1.1 or newer.

1. No file was added, and they are those that were exported:

    find . ! -type d ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | cut -c3- | while IFS= read -r name; do
      cut -c67- SHA256SUMS | grep -qxFe "$name" || echo "WRONG: $name was added"
    done
    sha256sum --quiet -c SHA256SUMS

2. The desk signed them. Compare the key with the one that the desk gave you by another way:

    openssl pkeyutl -verify -pubin -inkey checkpoints/key-{key}.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

3. The desk signed each checkpoint:

    for c in checkpoints/*.json; do
      key=$(sed -n 's/.*"key":"\\([0-9a-f]*\\)".*/\\1/p' "$c")
      openssl pkeyutl -verify -pubin -inkey "checkpoints/key-$key.pem" -rawin -in "$c" -sigfile "${{c%.json}}.sig" || echo "WRONG: $c"
    done

4. The chain leads from {start} to the last checkpoint. Each entry's hash is
   the SHA-256 of the hash before it and of the entry's own digest:

    head={head}
    while read -r digest; do
      head=$(printf %s "$head$digest" | sha256sum | cut -c1-64)
    done < audit/chain.txt
    grep -q "\\"head\\":\\"$head\\"" checkpoints/{last_checkpoint}.json && echo "The chain holds." || echo "WRONG: the chain"

5. The entries of this item are in the chain, and their particulars belong to them:

    while IFS= read -r line; do
      digest=$(printf %s "$line" | sha256sum | cut -c1-64)
      grep -qx "$digest" audit/chain.txt || echo "WRONG: $line"
    done < audit/contents.ndjson
    while IFS= read -r line; do
      digest=$(printf %s "$line" | sha256sum | cut -c1-64)
      grep -q "\\"payload_digest\\":\\"$digest\\"" audit/contents.ndjson || echo "WRONG: $line"
    done < audit/payloads.txt

   Steps 1, 4 and 5 at once, and quicker where the chain is long. It runs what is in this folder, so
   take steps 1 and 2 before it, and again when somebody had the folder since:

    python3 -B -m check

{timestamps}"""

WITH_ROOTS = """\
6. An authority outside the desk saw each checkpoint no later than the time that it states
   (tsa/roots.pem is what this desk trusts; better take the authority's root from the authority):

    for t in checkpoints/*.tsr; do
      openssl ts -verify -data "${t%.tsr}.json" -in "$t" -CAfile tsa/roots.pem || echo "WRONG: $t"
    done
    openssl ts -reply -in checkpoints/{number}.tsr -text
"""

WITHOUT_ROOTS = """\
6. An authority outside the desk saw each checkpoint no later than the time that it states. Take
   its root certificate from the authority, then for each .tsr file:

    openssl ts -verify -data checkpoints/{number}.json -in checkpoints/{number}.tsr -CAfile ROOT.pem
"""

WITHOUT_STAMPS = """\
6. No authority outside the desk time-stamped these checkpoints: who holds the desk's private key
   could have made them at another time. Compare them with copies kept elsewhere.
"""

WITH_ORIGINAL = "original/                     the file as it arrived, byte for byte"
WITHOUT_ORIGINAL = """\
original.sha256               the digest of the file as it arrived. The file is not here; if you have
                              it: sha256sum FILE"""

WITH_STORE = """\
with Content
                              Credentials, their bytes too (manifest-store.c2pa)"""
WITHOUT_STORE = """\
the bytes of its
                              Content Credentials can hold a picture and are not here, because
                              this is sensitive and whom it was made for may not see it clearly
manifest-store.sha256         their digest; who may see it gets the bytes in an export of their own"""
