/* SPDX-License-Identifier: MIT */
/*
 * media_usbguard.cpp - what one decision of USBGuard's library takes: media_usbguard RULES ROUNDS.
 *
 * As many rules by serial number as media_decision.c writes. Prints the medians in microseconds with
 * a rule in the middle that fits, and with none.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <MemoryRuleSet.hpp>
#include <Rule.hpp>

static std::string serial_of(size_t i)
{
	char text[32];

	std::snprintf(text, sizeof(text), "60A44C41%08zX", i * 2654435761u % UINT32_MAX);
	return text;
}

static std::string rule_of(const char *target, const std::string &serial)
{
	return std::string(target) + " 0951:1666 serial \"" + serial + "\"";
}

static double median(const usbguard::RuleSet &rules, const std::string &serial, size_t rounds)
{
	const auto text = rule_of("device", serial) + " name \"disk\" with-interface 08:06:50";
	const auto device =
		std::make_shared<const usbguard::Rule>(usbguard::Rule::fromString(text));
	std::vector<double> took;

	for (size_t i = 0; i < rounds; i++) {
		const auto start = std::chrono::steady_clock::now();
		const auto rule = rules.getFirstMatchingRule(device);
		const std::chrono::duration<double, std::micro> time =
			std::chrono::steady_clock::now() - start;

		took.push_back(time.count());
	}
	std::sort(took.begin(), took.end());
	return took[rounds / 2];
}

int main(int argc, char *argv[])
{
	const size_t n = argc == 3 ? std::strtoul(argv[1], nullptr, 10) : 0;
	const size_t rounds = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
	usbguard::MemoryRuleSet rules(nullptr);

	if (n < 2 || rounds == 0)
		return 2;
	for (size_t i = 1; i < n; i++)
		rules.appendRule(usbguard::Rule::fromString(rule_of("allow", serial_of(i))));
	std::printf("%.3f %.3f\n", median(rules, serial_of(n / 2), rounds),
		    median(rules, "none of them", rounds));
	return 0;
}
