using System.Text.RegularExpressions;

namespace OrleansIot.Mqtt.Tests.Topics;

/// <summary>Section 4.7 by another road: the filter as a regular expression.</summary>
internal static class NaiveMatcher
{
    public static bool Matches(string filter, string topic)
    {
        if (topic.StartsWith('$') && filter[0] is '+' or '#')
            return false;

        var pattern = Regex.Escape(filter).Replace(@"\+", "[^/]*", StringComparison.Ordinal);
        pattern = pattern switch
        {
            @"\#" => ".*",
            _ when pattern.EndsWith(@"/\#", StringComparison.Ordinal) => pattern[..^3] + "(/.*)?",
            _ => pattern,
        };
        return Regex.IsMatch(topic, $"^{pattern}$", RegexOptions.Singleline);
    }
}
