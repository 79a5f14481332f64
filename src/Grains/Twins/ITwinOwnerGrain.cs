using System.Collections.Immutable;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>A device's owner as silos speak with it: in the terms of the domain, and several commands in one message.</summary>
[Alias("orleansiot.twin-owner")]
internal interface ITwinOwnerGrain : IGrainWithStringKey
{
    /// <inheritdoc cref="ITwins.Execute"/>
    [Alias("execute")]
    ValueTask<Decision> Execute([Immutable] TwinCommand command);

    /// <summary>In their order; throws where any outcome is unknown.</summary>
    [Alias("execute-all")]
    ValueTask<ImmutableArray<Decision>> ExecuteAll([Immutable] ImmutableArray<TwinCommand> commands);

    /// <inheritdoc cref="ITwins.Find"/>
    [Alias("find")]
    ValueTask<TwinView?> Find();

    /// <summary>Makes sure that the twin has an owner, so that its timers run. Nothing happens where it has one.</summary>
    [Alias("take-up")]
    ValueTask TakeUp();

    /// <summary>The silo with this <see cref="Silos.SiloRun"/> died, and the device's connection with it, if it was there.</summary>
    [Alias("forget-session")]
    ValueTask ForgetSession(int run);
}
