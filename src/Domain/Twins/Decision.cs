using System.Collections.Immutable;

namespace OrleansIot.Domain.Twins;

/// <summary>What follows from a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Done; these events say what changed. None: it was so already (a repeated message, an alert acknowledged before).</summary>
    public sealed record Accepted(ImmutableArray<TwinEvent> Events) : Decision
    {
        public static readonly Accepted Unchanged = new(ImmutableArray<TwinEvent>.Empty);
    }

    public sealed record Rejected(TwinRejection Reason) : Decision;
}

/// <summary>A rule said no. <paramref name="Code"/> is stable; <paramref name="Detail"/> is for people.</summary>
public sealed record TwinRejection(string Code, string Detail)
{
    public static readonly TwinRejection TooManyMetrics =
        new("reading.too-many-metrics", $"A device has at most {Twin.MaxMetrics} different metrics; send fewer, or values under names that do not change.");

    public static readonly TwinRejection UnknownDevice = new("device.unknown", "No such device.");

    public static readonly TwinRejection UnknownAlert = new("alert.unknown", "No such alert is open on this device.");

    public static readonly TwinRejection AlertResolved = new("alert.resolved", "The alert is resolved already.");
}
