// The verdict in plain words, for people who know no statistics.
#pragma once

#include <string>

#include "coterie/score/verdict.h"

namespace coterie {

// One to three sentences: the answer, then the numbers it rests on.
std::string sentence_for(const Verdict& verdict);
std::string sentence_if_not_judged(std::size_t k, std::size_t customers, std::size_t different);

}  // namespace coterie
