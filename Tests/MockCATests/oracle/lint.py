"""Has pkilint look at certificates, CRLs and OCSP answers.

    python3 lint.py

reads lines of `KIND FILE`, KIND being one of cert, crl, arl and ocsp and FILE holding DER, and prints a line `FILE: finding` for
everything that pkilint has to say at WARNING or above.
"""

import contextlib
import csv
import io
import sys

from pkilint.bin import lint_crl, lint_ocsp_response, lint_pkix_cert

LINTERS = {
    "cert": (lint_pkix_cert.main, []),
    "crl": (lint_crl.main, ["-t", "CRL", "-p", "PKIX"]),
    "arl": (lint_crl.main, ["-t", "ARL", "-p", "PKIX"]),
    "ocsp": (lint_ocsp_response.main, []),
}

for line in sys.stdin:
    kind, path = line.split()
    main, arguments = LINTERS[kind]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        count = main(["lint", *arguments, "-s", "WARNING", "-f", "CSV", "--document-format", "DER", path])
    rows = [row for row in csv.reader(io.StringIO(said.getvalue())) if row]
    # A linter that could not read the file says nothing here and returns 1.
    assert (count == 0) == (len(rows) <= 1), said.getvalue()
    for row in rows[1:]:
        print(f"{path.rsplit('/', 1)[-1]}: {' '.join(row)}")
print("done")
