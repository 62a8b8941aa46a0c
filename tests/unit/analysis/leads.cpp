#include <catch2/catch.hpp>

#include "analysis/leads.hpp"

using namespace caukham::analysis;

TEST_CASE("the twelve leads must obey Einthoven's and Goldberger's laws, in floats exactly, in integers to half an LSB") {
  for (std::int32_t i : {-8388608, -1001, -1, 0, 1, 2, 999, 8388607})
    for (std::int32_t ii : {-8388608, -500, 0, 3, 4, 8388607}) {
      const std::array<std::int32_t, 8> raw = {i, ii, 11, 12, 13, 14, 15, 16};
      const std::array<double, 8> real = {double(i), double(ii), 11, 12, 13, 14, 15, 16};
      const auto a = twelve_leads<std::int32_t>(raw);
      const auto b = twelve_leads<double>(real);
      CHECK(b[2] == double(ii) - i);
      CHECK(b[3] == -(double(i) + ii) / 2);
      CHECK(b[4] == i - ii / 2.0);
      CHECK(b[5] == ii - i / 2.0);
      CHECK(b[3] + b[4] + b[5] == Approx(0).margin(1e-6));
      for (std::size_t lead = 0; lead < lead_count; ++lead) CHECK(std::abs(a[lead] - b[lead]) <= 0.5);
      CHECK(a[6] == 11);
      CHECK(a[11] == 16);
    }
}

TEST_CASE("an electrode that is off must invalidate the leads that use it and no other") {
  const auto bits = [](std::initializer_list<Lead> leads) {
    std::uint32_t m = 0;
    for (auto l : leads) m |= 1u << static_cast<unsigned>(l);
    return m;
  };
  using enum Lead;
  const auto limbs_but = [&](Lead kept) { return 0xFFFu & ~bits({kept}); };
  CHECK(invalid_leads(0) == 0);
  CHECK(invalid_leads(1) == 0xFFF);             // RA: everything rests on it
  CHECK(invalid_leads(2) == limbs_but(II));     // LA: lead II does not use it
  CHECK(invalid_leads(4) == limbs_but(I));      // LL: lead I does not use it
  CHECK(invalid_leads(8) == 0);                 // RL: the ground
  CHECK(invalid_leads(16) == bits({V1}));
  CHECK(invalid_leads(512 | 64) == bits({V6, V3}));
}
