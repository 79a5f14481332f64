using System.Globalization;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Storage.Sqlite.Alerts;

/// <summary>The last alert of a page: the next begins behind it, whatever was added since.</summary>
internal readonly record struct AlertCursor(long TriggeredAt, string Id)
{
    private const char Separator = '.';

    public static AlertCursor After(Alert alert) => new(alert.TriggeredAt.UnixMilliseconds, alert.Id.ToString());

    /// <exception cref="ArgumentException">It is none of ours.</exception>
    public static AlertCursor Parse(string text) =>
        text.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var at && long.TryParse(text.AsSpan(0, at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            ? new AlertCursor(time, text[(at + 1)..])
            : throw new ArgumentException("The cursor is not one that a page gave.", nameof(text));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TriggeredAt}{Separator}{Id}");
}
