// Reproducible random numbers: same seed, same numbers on every machine and compiler (the standard
// library's distributions promise no such thing).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace coterie {

__extension__ using Wide = unsigned __int128;  // 64 bits times 64 bits

// Bijective mixer of 64 bits (Steele, Lea, Flood 2014: SplitMix64's finaliser). Also a good integer hash.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// xoshiro256++ (Blackman, Vigna 2019), seeded by SplitMix64. Independent streams: Random(seed, stream).
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t x = mix64(seed + 0x9e3779b97f4a7c15u) ^ mix64(stream * 0xd1342543de82ef95u + 1);
    for (auto& word : state_) word = mix64(x += 0x9e3779b97f4a7c15u);
  }

  std::uint64_t bits() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

  // Uniform integer in [0, n), n >= 1, without bias (Lemire 2019).
  std::uint64_t below(std::uint64_t n) {
    auto product = static_cast<Wide>(bits()) * n;
    if (static_cast<std::uint64_t>(product) < n) {
      const std::uint64_t threshold = -n % n;
      while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(bits()) * n;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  // Standard normal (Box-Muller, one of the pair).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace coterie
