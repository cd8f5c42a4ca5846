// Which of the three builds of a kernel (x.isa.cc) runs here. All three give the same bits; a test may
// force one with the environment variable COTERIE_ISA=plain|avx2|avx512.
#pragma once

namespace coterie {

// avx512: F, BW, DQ, VL and VBMI2, so Ice Lake, Zen 4 and later; before them, avx2.
enum class Isa { plain, avx2, avx512 };

// The best the processor has, found once at start; never above what COTERIE_ISA asks for.
Isa isa();
const char* name_of(Isa isa);

}  // namespace coterie
