using System.Text.RegularExpressions;
using OrleansIot.Application.Fleet.Filters;

namespace OrleansIot.Dashboard.Devices;

/// <summary>What stands in the box over the device list: a text to look for, or a question in the filter language.</summary>
/// <param name="Fault">Why it is no question although it looks like one.</param>
internal sealed partial record DeviceSearch(string? Text, string? Filter, FilterFault? Fault)
{
    public static DeviceSearch Of(string text)
    {
        if (text.Length == 0)
            return new DeviceSearch(null, null, null);

        if (FilterExpression.TryParse(text, out _, out var fault))
            return new DeviceSearch(null, text, null);

        return LooksLikeQuestion().IsMatch(text) ? new DeviceSearch(null, null, fault) : new DeviceSearch(text, null, null);
    }

    // A name and an operator. `ne`, `le`, `in` and `has` are also words of languages, so there a value must have begun.
    [GeneratedRegex(
        @"^\s*(not\b|\(|\s)*(contains|startswith|endswith|metric)\s*\(|\S\s+((eq|gt|ge|lt)(\s|$)|(ne|le)\s+(['\d-]|now|true|false|null)|in\s*\(|has\s+')|\S\s*[=<>]\s*\S",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex LooksLikeQuestion();
}
