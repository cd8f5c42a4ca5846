// report.html: the page of web/ with a run's data in it. One file that needs no network.
#pragma once

#include <string>
#include <string_view>

namespace coterie {

// The page as the build of web/ left it, with placeholders for the words of features and for the data.
std::string_view report_template();

// JSON as it may stand in a <script type="application/json"> of any page: <, >, &, U+2028 and U+2029 become \u escapes, which
// mean the same in JSON, so that no text in it can end the element or begin another.
std::string json_for_script(std::string_view json);

// The page with the words (segments/feature_words.h) and the data. `json` is valid JSON in UTF-8.
std::string report_page(std::string_view json);

}  // namespace coterie
