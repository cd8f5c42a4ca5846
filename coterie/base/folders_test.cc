#include "coterie/base/folders_test.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace coterie {

std::filesystem::path repository_folder() { return COTERIE_REPOSITORY; }

std::filesystem::path shared_folder() {
  const char* given = std::getenv("COTERIE_SHARED");
  return given != nullptr ? std::filesystem::path(given) : repository_folder().parent_path() / "shared";
}

namespace {

TEST(Folders, TheCheckoutIsFoundWhereverTheTestsRun) {
  EXPECT_TRUE(repository_folder().is_absolute());
  EXPECT_TRUE(std::filesystem::exists(repository_folder() / "coterie" / "base" / "folders_test.h"));
}

}  // namespace
}  // namespace coterie
