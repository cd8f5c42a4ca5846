#include "coterie/cluster/row_rule.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/grouped_points.h"
#include "coterie/cluster/hdbscan.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Values = std::span<const double>;

double square(double x) { return x * x; }

std::int32_t cheapest(Values costs) { return costs.empty() ? noise : static_cast<std::int32_t>(std::ranges::min_element(costs) - costs.begin()); }

// The cheapest but `own`; -1 where there is none.
std::int32_t cheapest_other(Values costs, std::int32_t own) {
  std::int32_t best = -1;
  for (std::int32_t c = 0; c < static_cast<std::int32_t>(costs.size()); ++c)
    if (c != own && (best < 0 || costs[static_cast<std::size_t>(c)] < costs[static_cast<std::size_t>(best)])) best = c;
  return best;
}

double margin(double a, double b) { return b > 0 ? std::max(0.0, (b - a) / b) : 0; }

// The row at hand and its cost of each cluster.
class ByCost {
 public:
  std::int32_t next() const { return next_; }

 protected:
  explicit ByCost(std::size_t clusters) : costs_(clusters) {}

  // fill(costs): those of x.
  template <class Fill>
  void take_costs(Values x, std::int32_t own, Fill&& fill) {
    x_ = x, own_ = static_cast<std::size_t>(own);
    fill(costs_);
    next_ = cheapest_other(costs_, own);
  }
  // By other costs than those at hand: cost(c).
  template <class Cost>
  std::int32_t cheapest_by(Cost&& cost) const {
    std::int32_t best = 0;
    double least = infinity;
    for (std::size_t c = 0; c < costs_.size(); ++c)
      if (const double now = cost(c); now < least) least = now, best = static_cast<std::int32_t>(c);
    return best;
  }
  std::size_t next_place() const { return static_cast<std::size_t>(next_); }

  Values x_;
  std::size_t own_ = 0;
  std::int32_t next_ = -1;
  std::vector<double> costs_;
};

// Costs |x - c|^2 + price.
class ByCentre : public ByCost {
 public:
  ByCentre(Values centres, std::size_t columns, std::vector<double> prices = {}) : ByCost(centres.size() / columns), centres_(centres), columns_(columns), prices_(std::move(prices)) {
    prices_.resize(costs_.size());
  }

  void take(Values x, std::int32_t own) {
    take_costs(x, own, [&](std::vector<double>& costs) { fill(x, costs); });
  }
  double certainty() const {
    if (next_ < 0) return 1;
    const double free = std::min(prices_[own_], prices_[next_place()]);
    return margin(std::sqrt(std::max(0.0, costs_[own_] - free)), std::sqrt(std::max(0.0, costs_[next_place()] - free)));
  }
  double speaks(std::size_t j) const { return square(x_[j] - at(next_place(), j)) - square(x_[j] - at(own_, j)); }
  std::int32_t label_with(std::size_t j, double value) const {
    return cheapest_by([&](std::size_t c) { return costs_[c] - square(x_[j] - at(c, j)) + square(value - at(c, j)); });
  }
  std::int32_t label_of(Values row) const {
    std::vector<double> costs(costs_.size());
    fill(row, costs);
    return cheapest(costs);
  }

 private:
  double at(std::size_t c, std::size_t j) const { return centres_[c * columns_ + j]; }
  void fill(Values x, std::vector<double>& costs) const {
    for (std::size_t c = 0; c < costs.size(); ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < columns_; ++j) sum += square(x[j] - at(c, j));
      costs[c] = sum + prices_[c];
    }
  }

  Values centres_;
  std::size_t columns_;
  std::vector<double> prices_;
};

// Labels by the nearest point, all else by centres.
class ByPoint {
 public:
  ByPoint(const LabelledPoints& rule, Values centres, std::size_t columns) : centres_(centres, columns), grouped_(rule.points, rule.labels, columns), points_(matrix_from_rows(rule.points, columns)), labels_(rule.labels) {}

  void take(Values x, std::int32_t own) {
    centres_.take(x, own);
    grouped_.take(x);
  }
  std::int32_t next() const { return centres_.next(); }
  double certainty() const { return centres_.certainty(); }
  double speaks(std::size_t j) const { return centres_.speaks(j); }
  std::int32_t label_with(std::size_t j, double value) const { return grouped_.nearest_with(j, value); }
  std::int32_t label_of(Values row) const {
    Matrix distances(points_.rows(), 1);
    centre_distances(points_, row, distances, 1);
    return labels_[static_cast<std::size_t>(cheapest(distances.column(0)))];
  }

 private:
  ByCentre centres_;
  GroupedPoints grouped_;
  Matrix points_;  // in their own order, which decides ties
  std::span<const std::int32_t> labels_;
};

// Costs (x - m)'P(x - m) - log det P - 2 log weight of each component, P its inverse covariance.
class ByMixture : public ByCost {
 public:
  explicit ByMixture(const GaussianMixtureModel& rule) : ByCost(rule.clusters), rule_(rule), columns_(rule.columns), gradients_(rule.clusters * rule.columns) {
    using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto d = static_cast<Eigen::Index>(columns_);
    precisions_.resize(rule.covariances.size());
    for (std::size_t c = 0; c < rule.clusters; ++c) {
      const Eigen::LLT<Square> cholesky(Eigen::Map<const Square>(rule.covariances.data() + c * columns_ * columns_, d, d));
      Eigen::Map<Square>(precisions_.data() + c * columns_ * columns_, d, d) = cholesky.solve(Square::Identity(d, d));
      double log_det = 0;
      for (Eigen::Index j = 0; j < d; ++j) log_det += 2 * std::log(cholesky.matrixLLT()(j, j));
      constants_.push_back(log_det - 2 * std::log(std::max(rule.weights[c], std::numeric_limits<double>::min())));
    }
  }

  void take(Values x, std::int32_t own) {
    take_costs(x, own, [&](std::vector<double>& costs) {
      for (std::size_t c = 0; c < costs.size(); ++c) costs[c] = cost(x, c, &gradients_[c * columns_]);
    });
  }
  double certainty() const { return next_ < 0 ? 1 : std::max(0.0, -std::expm1((costs_[own_] - costs_[next_place()]) / 2)); }
  double speaks(std::size_t j) const { return term(next_place(), j) - term(own_, j); }
  std::int32_t label_with(std::size_t j, double value) const {
    const double change = value - x_[j];
    return cheapest_by([&](std::size_t c) {
      return costs_[c] + 2 * change * gradients_[c * columns_ + j] + change * change * precisions_[(c * columns_ + j) * columns_ + j];
    });
  }
  std::int32_t label_of(Values row) const {
    std::vector<double> costs, gradient(columns_);
    for (std::size_t c = 0; c < costs_.size(); ++c) costs.push_back(cost(row, c, gradient.data()));
    return cheapest(costs);
  }

 private:
  double from_mean(Values x, std::size_t c, std::size_t j) const { return x[j] - rule_.means[c * columns_ + j]; }
  double term(std::size_t c, std::size_t j) const { return from_mean(x_, c, j) * gradients_[c * columns_ + j]; }
  // gradient: P (x - m).
  double cost(Values x, std::size_t c, double* gradient) const {
    double sum = 0;
    for (std::size_t j = 0; j < columns_; ++j) {
      gradient[j] = 0;
      for (std::size_t l = 0; l < columns_; ++l) gradient[j] += precisions_[(c * columns_ + j) * columns_ + l] * from_mean(x, c, l);
      sum += from_mean(x, c, j) * gradient[j];
    }
    return sum + constants_[c];
  }

  const GaussianMixtureModel& rule_;
  std::size_t columns_;
  std::vector<double> precisions_, constants_, gradients_;
};

// k-prototypes and k-medoids: a sum over numbers of |x - c|^2 or |x - c| / range, and a weight for each category that differs.
class ByMixedCost : public ByCost {
 public:
  ByMixedCost(const Prototypes& rule)
      : ByCost(rule.layout.numbers.empty() ? rule.modes.size() / rule.layout.categories.size() : rule.centres.size() / rule.layout.numbers.size()), layout_(rule.layout), squares_(true), category_weight_(rule.gamma), scale_(rule.layout.numbers.size(), 1.0), numbers_(rule.centres), words_(rule.modes) {
    place_numbers();
  }
  ByMixedCost(const GowerMedoids& rule, std::size_t columns) : ByCost(rule.rows.size() / columns), layout_(rule.layout), squares_(false), category_weight_(1), scale_(rule.scale.inverse_ranges) {
    for (std::size_t c = 0; c < costs_.size(); ++c) {
      const Values row = Values(rule.rows).subspan(c * columns, columns);
      for (const std::size_t j : layout_.numbers) numbers_.push_back(row[j]);
      for (const auto& category : layout_.categories) words_.push_back(word_of(row, category));
    }
    place_numbers();
  }

  void take(Values x, std::int32_t own) {
    take_costs(x, own, [&](std::vector<double>& costs) { fill(x, costs); });
  }
  double certainty() const {
    if (next_ < 0) return 1;
    const double a = costs_[own_], b = costs_[next_place()];
    return squares_ ? margin(std::sqrt(a), std::sqrt(b)) : margin(a, b);
  }
  double speaks(std::size_t j) const {
    const std::size_t next = next_place();
    if (const auto it = number_at_.at(j)) return part(next, *it, x_[j]) - part(own_, *it, x_[j]);
    for (std::size_t i = 0; i < layout_.categories.size(); ++i) {
      const auto& category = layout_.categories[i];
      // A category speaks once: in the column of the row's word, or where it has none in that of its cluster's, or the next one's.
      const std::uint32_t word = word_of(x_, category), own_word = word_at(own_, i), next_word = word_at(next, i);
      const auto columns = static_cast<std::uint32_t>(category.columns.size());
      const std::uint32_t shown = word < columns ? word : own_word < columns ? own_word : next_word;
      if (shown < columns && category.columns[shown] == j) return category_weight_ * ((word != next_word) - (word != own_word));
    }
    return 0;
  }
  std::int32_t label_with(std::size_t j, double value) const {
    const std::size_t at = *number_at_.at(j);
    return cheapest_by([&](std::size_t c) { return costs_[c] - part(c, at, x_[j]) + part(c, at, value); });
  }
  std::int32_t label_of(Values row) const {
    std::vector<double> costs(costs_.size());
    fill(row, costs);
    return cheapest(costs);
  }

 private:
  void place_numbers() {
    std::size_t columns = 0;
    for (const std::size_t j : layout_.numbers) columns = std::max(columns, j + 1);
    for (const auto& category : layout_.categories)
      for (const std::size_t j : category.columns) columns = std::max(columns, j + 1);
    number_at_.resize(columns);
    for (std::size_t i = 0; i < layout_.numbers.size(); ++i) number_at_[layout_.numbers[i]] = i;
  }
  // Of number i alone.
  double part(std::size_t c, std::size_t i, double value) const {
    const double difference = value - numbers_[c * layout_.numbers.size() + i];
    return squares_ ? square(difference) : std::abs(difference) * scale_[i];
  }
  std::uint32_t word_at(std::size_t c, std::size_t category) const { return words_[c * layout_.categories.size() + category]; }
  void fill(Values x, std::vector<double>& costs) const {
    for (std::size_t c = 0; c < costs.size(); ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < layout_.numbers.size(); ++i) sum += part(c, i, x[layout_.numbers[i]]);
      for (std::size_t i = 0; i < layout_.categories.size(); ++i) sum += category_weight_ * (word_of(x, layout_.categories[i]) != word_at(c, i));
      costs[c] = sum;
    }
  }

  const MixedLayout& layout_;
  bool squares_;
  double category_weight_;
  std::vector<double> scale_, numbers_;  // numbers: k x number columns
  std::vector<std::uint32_t> words_;     // k x categories
  std::vector<std::optional<std::size_t>> number_at_;  // of a column: its place among the numbers
};

// Labels by density on the components; what speaks for a cluster by its mean there.
class ByDensity {
 public:
  ByDensity(const Density& rule, Values centres, std::size_t columns)
      : rule_(rule), columns_(columns), centres_(centres.first(rule.number_of.size() * columns)), answers_(*rule.model), at_(rule.projection.components), towards_(columns) {}

  void take(Values x, std::int32_t own) {
    x_ = x, own_ = own;
    project_row(x, at_);
    answer_ = answers_.of_row(at_);
    next_ = -1;
    double least = infinity;
    for (std::size_t c = 0; c < rule_.number_of.size(); ++c)
      if (const double d = projected_distance(x, centre(c)); static_cast<std::int32_t>(c) != own && d < least) least = d, next_ = static_cast<std::int32_t>(c);
    if (next_ < 0) return;
    const Values from = own_centre(), to = centre(static_cast<std::size_t>(next_));
    std::ranges::fill(towards_, 0.0);
    for (std::size_t a = 0; a < at_.size(); ++a) {
      double along = 0;
      for (std::size_t j = 0; j < columns_; ++j) along += axis(a, j) * (from[j] - to[j]);
      for (std::size_t j = 0; j < columns_; ++j) towards_[j] += axis(a, j) * along;
    }
  }
  std::int32_t next() const { return next_; }
  double certainty() const { return own_ == noise ? answer_.outlier_score : answer_.probability; }
  double speaks(std::size_t j) const { return 2 * (x_[j] - (own_centre()[j] + centre(static_cast<std::size_t>(next_))[j]) / 2) * towards_[j]; }
  std::int32_t label_with(std::size_t j, double value) {
    moved_ = at_;
    for (std::size_t a = 0; a < at_.size(); ++a) moved_[a] += axis(a, j) * (value - x_[j]);
    return label_at(moved_);
  }
  std::int32_t label_of(Values row) const {
    std::vector<double> at(at_.size());
    project_row(row, at);
    return label_at(at);
  }

 private:
  double axis(std::size_t component, std::size_t j) const { return rule_.projection.axes[component * columns_ + j]; }
  Values centre(std::size_t c) const { return centres_.subspan(c * columns_, columns_); }
  Values own_centre() const { return own_ == noise ? x_ : centre(static_cast<std::size_t>(own_)); }
  double projected_distance(Values a, Values b) const {
    double sum = 0;
    for (std::size_t c = 0; c < at_.size(); ++c) {
      double along = 0;
      for (std::size_t j = 0; j < columns_; ++j) along += axis(c, j) * (a[j] - b[j]);
      sum += square(along);
    }
    return sum;
  }
  // In the order of project(), so that fitted rows are met exactly.
  void project_row(Values x, std::vector<double>& at) const {
    std::ranges::fill(at, 0.0);
    for (std::size_t a = 0; a < at.size(); ++a)
      for (std::size_t j = 0; j < columns_; ++j) at[a] += (x[j] - rule_.projection.means[j]) * axis(a, j);
  }
  std::int32_t label_at(Values at) const {
    const std::int32_t label = answers_.of_row(at).label;
    return label == noise ? noise : rule_.number_of[static_cast<std::size_t>(label)];
  }

  const Density& rule_;
  std::size_t columns_;
  Values centres_;
  HdbscanAnswers answers_;
  Values x_;
  std::int32_t own_ = noise, next_ = -1;
  HdbscanAnswers::Answer answer_{};
  std::vector<double> at_, moved_, towards_;  // on the components; A'A (own - next)
};

using Kind = std::variant<ByCentre, ByPoint, ByMixture, ByMixedCost, ByDensity>;

struct KindOf {
  Values centres;
  std::size_t columns;
  Kind operator()(const NearestCentre&) const { return ByCentre(centres, columns); }
  Kind operator()(const PricedCentres& rule) const { return ByCentre(centres, columns, rule.prices); }
  Kind operator()(const LabelledPoints& rule) const { return ByPoint(rule, centres, columns); }
  Kind operator()(const GaussianMixtureModel& rule) const { return ByMixture(rule); }
  Kind operator()(const Density& rule) const { return ByDensity(rule, centres, columns); }
  Kind operator()(const Prototypes& rule) const { return ByMixedCost(rule); }
  Kind operator()(const GowerMedoids& rule) const { return ByMixedCost(rule, columns); }
};

}  // namespace

struct RowRule::Impl {
  Kind kind;
  std::vector<double> row;
};

RowRule::RowRule(const FittedRule& rule, std::span<const double> centres, std::size_t columns) : impl_(new Impl{std::visit(KindOf{centres, columns}, rule), {}}) {}
RowRule::~RowRule() = default;
RowRule::RowRule(RowRule&&) noexcept = default;

void RowRule::take(std::span<const double> row, std::int32_t label) {
  impl_->row.assign(row.begin(), row.end());
  std::visit([&](auto& kind) { kind.take(impl_->row, label); }, impl_->kind);
}
double RowRule::certainty() const {
  return std::visit([](const auto& kind) { return kind.certainty(); }, impl_->kind);
}
std::int32_t RowRule::next() const {
  return std::visit([](const auto& kind) { return kind.next(); }, impl_->kind);
}
double RowRule::speaks(std::size_t column) const {
  return next() < 0 ? 0 : std::visit([&](const auto& kind) { return kind.speaks(column); }, impl_->kind);
}
bool RowRule::is_bounded() const { return std::holds_alternative<ByDensity>(impl_->kind); }
std::int32_t RowRule::label_with(std::size_t column, double value) {
  return std::visit([&](auto& kind) { return kind.label_with(column, value); }, impl_->kind);
}
std::int32_t RowRule::label_of(std::span<const double> row) {
  return std::visit([&](auto& kind) { return kind.label_of(row); }, impl_->kind);
}
}  // namespace coterie
