using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// The way from one silo to one device's owner. To an owner here each command is a call of its own, for the grain gathers them.
/// To one on another silo, what comes while a call is under way goes out as one: a batch of ten costs less than two.
/// </summary>
internal sealed class TwinRoute
{
    private readonly DeviceId _device;
    private readonly ITwinOwnerGrain _owner;
    private readonly TimeProvider _time;
    private readonly CommandTurns _turns;

    public TwinRoute(DeviceId device, ITwinOwnerGrain owner, int capacity, TimeProvider time)
    {
        _device = device;
        _owner = owner;
        _time = time;
        _turns = new CommandTurns(Send, capacity);
    }

    public bool IsIdle => _turns.IsIdle;

    // What is under way to another silo comes first, also where the owner has come here meanwhile.
    public ValueTask<Decision> Execute(TwinCommand command, bool isHere, CancellationToken cancellation) =>
        isHere && _turns.IsIdle ? ExecuteOne(command) : _turns.Execute(command, cancellation);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Decision> ExecuteOne(TwinCommand command)
    {
        try
        {
            return await _owner.Execute(command);
        }
        catch (Exception e) when (CallFaults.IsWorthRepeating(e, CallFaults.MayRepeat(command)))
        {
            return await CallFaults.Mapped(_device, owner => owner.Execute(command), _owner, CallFaults.MayRepeat(command), _time);
        }
        catch (Exception e) when (CallFaults.IsOfTheWay(e))
        {
            throw CallFaults.Unavailable(_device, e);
        }
    }

    private async ValueTask Send(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions)
    {
        if (commands.Length == 1)
        {
            var decision = await ExecuteOne(commands.Span[0]);
            decisions.Span[0] = decision;
            return;
        }

        var batch = ImmutableArray.Create(commands.Span);
        var answers = await CallFaults.Mapped(_device, owner => owner.ExecuteAll(batch), _owner, CallFaults.MayRepeat(batch), _time);
        answers.AsSpan().CopyTo(decisions.Span);
    }
}
