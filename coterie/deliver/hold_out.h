// The hold-out: a random part of each segment that gets no campaign, so that what campaigns do can be measured.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace coterie {

struct HoldOut {
  double share = 0;                         // of each segment, in [0, 1)
  std::map<std::string, double> by_segment; // other shares, by the segment's name
  std::uint64_t seed = 1;

  double share_of(const std::string& segment) const;
  bool operator==(const HoldOut&) const = default;
};

// Whether a customer is held out at this share. Depends on the customer's id and the seed alone (XXH3-64 of the seed's
// eight little-endian bytes and the id, as a fraction of 2^64): the same in every export, on every platform, after every
// refresh, and whoever is held out at one share is so at every larger one.
bool is_held_out(std::string_view customer, double share, std::uint64_t seed);

// hold_out.json in the folder of a run: what every export from it has to keep to. Nothing where there is none.
// Throws Error(damaged_input) when the file is no hold-out.
std::optional<HoldOut> load_hold_out(const std::string& run_folder);
void save_hold_out(const HoldOut& hold_out, const std::string& run_folder);

}  // namespace coterie
