using System.Collections.Immutable;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>Whoever is told what became durable and believed. Called by the twin's owner, so it must be quick and never wait.</summary>
public interface ITwinAudience
{
    /// <param name="before">The twin before the events; equal to that of <paramref name="after"/> where there are none (a twin taken up again).</param>
    void Announce(Twin before, TwinView after, ImmutableArray<TwinEvent> events);
}
