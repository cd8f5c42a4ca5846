#include "coterie/features/packed_row.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "coterie/base/random.h"

namespace coterie {
namespace {

std::vector<double> there_and_back(const std::vector<double>& row) {
  std::vector<char> bytes(packed_row::longest(row.size()) + packed_row::slack);
  const char* end = packed_row::pack(row, bytes.data());
  EXPECT_EQ(static_cast<std::size_t>(end - bytes.data()), packed_row::size(bytes.data(), row.size()));
  std::vector<double> back(row.size(), -1);
  packed_row::unpack(bytes.data(), row.size(), [&](std::size_t i, double value) { back[i] = value; });
  return back;
}

void expect_same_bits(const std::vector<double>& row) {
  const std::vector<double> back = there_and_back(row);
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_EQ(std::bit_cast<std::uint64_t>(back[i]), std::bit_cast<std::uint64_t>(row[i])) << row[i];
}

TEST(PackedRow, KeepsEveryBitOfUnusualValues) {
  using limits = std::numeric_limits<double>;
  expect_same_bits({0.0, -0.0, 1, -1, 65535, 65536, 0.5, 0.1, 1e-310, -2.25, 16777216, 16777217, 1e38, 1e39, -1e300,
                    limits::infinity(), -limits::infinity(), limits::quiet_NaN(), limits::denorm_min(), double{FLT_MAX}, 12345.67});
  expect_same_bits({});
}

TEST(PackedRow, KeepsEveryBitOfAnyValues) {
  Random random(7);
  for (std::size_t size = 1; size < 200; ++size) {
    std::vector<double> row(size);
    for (double& value : row) {
      const std::uint64_t any = random.bits();
      const auto small = static_cast<double>(any >> 50);
      value = size % 3 == 0 && any % 4 == 0 ? std::bit_cast<double>(random.bits()) : any % 4 == 1 ? small : size % 3 != 1 && any % 4 == 2 ? small / 8 : 0;
    }
    expect_same_bits(row);
  }
}

TEST(PackedRow, TakesFewBytesForCounts) {
  std::vector<char> bytes(packed_row::longest(15) + packed_row::slack);
  const std::vector<double> row = {3, 3, 0, 0, 1, 2, 1, 1, 0, 0, 0, 0, 0, 17, 4};
  EXPECT_EQ(packed_row::pack(row, bytes.data()) - bytes.data(), 4 + 2 * 15);
  const std::vector<double> buyer = {3, 1, 1, 1, 1, 2, 1, 1, 20.5, 12.34, 1, 1, 1, 0, 0};
  EXPECT_EQ(packed_row::pack(buyer, bytes.data()) - bytes.data(), 4 + 2 * 11 + 4 + 8);
}

}  // namespace
}  // namespace coterie
