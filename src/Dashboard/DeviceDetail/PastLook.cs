using System.Diagnostics;
using OrleansIot.Application.Past;
using OrleansIot.Domain;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>A device as it was.</summary>
/// <param name="Twin">Null where that cannot be told.</param>
/// <param name="Horizon">The first moment that can be told, where this one is before it.</param>
/// <param name="Problem">Why it cannot be told, for people.</param>
public sealed record PastLook(Instant At, Twin? Twin, Instant? Horizon, string? Problem)
{
    public static PastLook Of(Instant at, PastTwin told) => told switch
    {
        PastTwin.Known known => new(at, known.Twin, null, null),
        PastTwin.Unheard => new(at, null, null, "Nothing had been heard of this device by then."),
        PastTwin.Expired { Horizon: { } horizon } => new(at, null, horizon, "That is further back than is kept."),
        PastTwin.Expired => new(at, null, null, "That is further back than is kept. Choose a later moment."),
        _ => throw new UnreachableException(),
    };
}
