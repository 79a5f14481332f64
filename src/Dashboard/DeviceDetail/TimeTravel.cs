using System.Globalization;
using OrleansIot.Domain;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>Where a person stands in time: now, or at a moment they slid to.</summary>
public sealed class TimeTravel(TimeProvider time)
{
    public bool IsOpen { get; private set; }

    public TravelRange Range { get; private set; } = TravelRange.Day;

    /// <summary>The right end of the slider. It stands still while somebody looks around, or the moment would slip from under their hand.</summary>
    public Instant Until { get; private set; }

    /// <summary>Null: now.</summary>
    public Instant? At { get; private set; }

    /// <summary>Steps from the left end.</summary>
    public int Position => At is { } at ? Math.Clamp(Range.Steps - (int)Math.Round((Until - at) / Range.Step), 0, Range.Steps - 1) : Range.Steps;

    /// <summary>A moment in an address; null for now, for what is none, and for what is still to come.</summary>
    public Instant? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment <= time.GetUtcNow() ? Instant.From(moment) : null;

    /// <summary>Opens the slider, on the shortest range that holds the moment.</summary>
    public void Open(Instant? at)
    {
        Until = Now;
        IsOpen = true;
        At = at;
        if (at is { } moment && moment < Until - Range.Span)
            Range = TravelRange.All.FirstOrDefault(range => moment >= Until - range.Span, TravelRange.All[^1]);
    }

    public void Close() => (IsOpen, At) = (false, null);

    /// <summary>The moment stays where the range holds it.</summary>
    public void Choose(TravelRange range)
    {
        Range = range;
        Until = Now;
        if (At is { } at && at < Until - range.Span)
            At = Until - range.Span;
    }

    public void Seek(int position) => At = position >= Range.Steps ? null : Until - (Range.Step * (Range.Steps - Math.Max(0, position)));

    /// <summary>To the moment itself, as it is and not in steps: of an alert, or the first that can be told.</summary>
    public void Seek(Instant at) => Open(at);

    public void Move(int steps)
    {
        if (At is null)
            Until = Now;

        Seek(Position + steps);
    }

    private Instant Now => Instant.From(time.GetUtcNow());
}
