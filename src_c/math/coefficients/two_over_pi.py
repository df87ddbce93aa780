"""The bits of math/reduction.c: python two_over_pi.py > ../tables/two_over_pi.h"""

from mpmath import mp, mpf

LIMBS = 72  # for products of two numbers


def limbs() -> str:
    """The bits of 2/pi, leading limb first."""
    mp.prec = 32 * LIMBS + 64
    digits = int(mp.floor(2 / mp.pi * mpf(2) ** (32 * LIMBS)))
    words = [digits >> (32 * (LIMBS - 1 - k)) & 0xFFFFFFFF for k in range(LIMBS)]
    lines = [
        "    " + ", ".join(f"0x{word:08x}" for word in words[i : i + 6]) + ","
        for i in range(0, LIMBS, 6)
    ]
    head = "/* 2/pi, 32 bits each.\n *\n * Printed by math/coefficients/two_over_pi.py. */\n"
    body = "\n".join(lines)
    return f"{head}static const uint32_t TWO_OVER_PI_BITS[{LIMBS}] = {{\n{body}\n}};\n"


if __name__ == "__main__":
    print(limbs(), end="")
