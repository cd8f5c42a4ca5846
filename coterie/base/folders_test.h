// Where tests find files that are not made by them.
#pragma once

#include <filesystem>

namespace coterie {

// The checkout that this build was made of.
std::filesystem::path repository_folder();

// Real data and reference answers: $COTERIE_SHARED, or else "shared" beside the checkout. It may not be there.
std::filesystem::path shared_folder();

}  // namespace coterie
