// Which of the three builds of a kernel (x.isa.cc) runs here. All three give the same bits; a test may
// force one with the environment variable COTERIE_ISA=plain|avx2|avx512.
#pragma once

namespace coterie {

enum class Isa { plain, avx2, avx512 };

// The best the processor has, found once at start; never above what COTERIE_ISA asks for.
Isa isa();
const char* name_of(Isa isa);

}  // namespace coterie
