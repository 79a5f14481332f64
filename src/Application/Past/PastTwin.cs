using OrleansIot.Domain;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Past;

/// <summary>A device as it was at some moment.</summary>
public abstract record PastTwin
{
    private PastTwin()
    {
    }

    /// <param name="Twin">Without what only its owner of that time needed: the window of message keys, the connection, the grace after a restart.</param>
    public sealed record Known(Twin Twin) : PastTwin;

    /// <summary>Nothing had been heard of it by then.</summary>
    public sealed record Unheard : PastTwin;

    /// <summary>That moment is further back than is kept.</summary>
    /// <param name="Horizon">The first moment that can be told; null where none can.</param>
    public sealed record Expired(Instant? Horizon) : PastTwin;
}
