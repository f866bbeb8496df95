"""x"""

from policies.proof.audit import verify
from tests.policies.bench import seated


def test_x() -> None:
    import time

    bench = seated()
    b = bench.bundle().to_bytes()
    t = time.time()
    a = verify(b, bench.trust)
    print(len(b), time.time() - t, a)
    assert a.ok
