namespace OrleansIot.Gateway.Access;

/// <summary>What a stranger wrote, fit for a line of the log: of a length to read, and without what would look like another line.</summary>
internal static class LogText
{
    private const int MaxLength = 300;

    public static string Of(string text)
    {
        var shown = text.Length <= MaxLength ? text : text[..MaxLength] + "…";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(one => char.IsControl(one) ? '\uFFFD' : one)) : shown;
    }
}
