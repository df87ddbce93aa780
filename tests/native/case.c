#include "case.h"

#include <math.h>
#include <string.h>

uint64_t case_elements, case_values;

static fa_control chosen_environment(Source *source)
{
    fa_control now = control_read();
#if defined(__x86_64__)
    static const unsigned words[] = {0x8040, 0x2000, 0x4000, 0x6000};
    int which = below(source, 32);
    if (which >= 1 && which <= 4) return now | words[which - 1];
#endif
    (void)source;
    return now;
}

Setting choose_setting(Source *source)
{
    Setting setting;
    setting.isa = below(source, fa_isa_count);
    while (!fa_isa_available(setting.isa))
        setting.isa = (setting.isa + 1) % fa_isa_count;
    setting.threads = 1 + below(source, 4);
    setting.environment = chosen_environment(source);
    setting.usual = setting.environment == control_read();
    fa_use_isa(setting.isa);
    fa_set_threads(setting.threads);
    return setting;
}

void soil_stack(void)
{
    char soiled[1 << 16];
    memset(soiled, 0x7f, sizeof soiled);
    __asm__ volatile("" : : "r"(soiled) : "memory");
}

double random_parameter(Source *source, const fa_activation *row, int k)
{
    uint64_t random = next_random(source);
    if (random % 4 == 0) return row->defaults[k];
    double value = ldexp(1 + (double)(random >> 40) * 0x1p-24,
                         (int)(random >> 8 & 0xffff) % 20 - 10);
    bool ordered = row->parameters == 2 && strcmp(row->parameter[0], "min_val") == 0;
    bool positive =
        strcmp(row->name, "softplus") == 0 || strcmp(row->name, "celu") == 0;
    if (ordered) return k == 0 ? -value : value;
    return random & 128 && !positive ? -value : value;
}

bool case_holds(const uint8_t *bytes, size_t count)
{
    Source source = {bytes, bytes + count, 0};
    source.random = take(&source, 4);
    switch (below(&source, 6)) {
    case 0:
    case 1: return axis_case_holds(&source);
    case 2: return contiguous_case_holds(&source);
    default: return elementwise_case_holds(&source);
    }
}
