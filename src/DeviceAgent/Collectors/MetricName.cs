using System.Text;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Makes metric names out of what the machine calls its parts.</summary>
internal static class MetricName
{
    /// <summary>Lower-case letters, digits and single dashes: <c>Package id 0</c> becomes <c>package-id-0</c>.</summary>
    public static string From(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(char.ToLowerInvariant(c));
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        return name.ToString().TrimEnd('-');
    }

    /// <summary><c>root</c> for <c>/</c>, <c>var-lib</c> for <c>/var/lib</c>, <c>c</c> for <c>C:\</c>.</summary>
    public static string FromMountPoint(string path) => From(path) is { Length: > 0 } name ? name : "root";

    /// <summary>The name, or the name with the first free number from 2 on: two disks of one model both count.</summary>
    public static string Unique(string name, HashSet<string> taken)
    {
        var candidate = name;
        for (var n = 2; !taken.Add(candidate); n++)
            candidate = $"{name}-{n}";

        return candidate;
    }
}
