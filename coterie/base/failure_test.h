// For tests: of which kind the Error is that something ends with.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "coterie/base/error.h"

namespace coterie {

// None, and a failure, where nothing is thrown. Where it is and what to do must be said.
template <class Act>
std::optional<ErrorKind> kind_of_failure(Act&& act) {
  try {
    std::forward<Act>(act)();
  } catch (const Error& error) {
    EXPECT_FALSE(error.place.empty());
    EXPECT_FALSE(error.hint.empty());
    return error.kind;
  }
  ADD_FAILURE() << "nothing was thrown";
  return std::nullopt;
}

}  // namespace coterie
