using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Twins;

public sealed class CommandTurnsTests
{
    private readonly List<int[]> _turns = [];
    private TaskCompletionSource _mayEnd = Ended();

    [Fact]
    public async Task What_gathers_during_one_turn_shares_the_next_in_its_order()
    {
        var turns = new CommandTurns(Turn, capacity: 100);
        _mayEnd = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 5).Select(i => turns.Execute(Command(i)).AsTask()).ToArray();
        Assert.False(turns.IsIdle);

        _mayEnd.SetResult();
        var decisions = await Task.WhenAll(sent).Within("five decisions");

        Assert.Equal([[0], [1, 2, 3, 4]], _turns);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{i}"), decisions.Select(decision => ((Decision.Rejected)decision).Reason.Code));
        Assert.True(turns.IsIdle);
    }

    [Fact]
    public async Task What_comes_together_shares_a_turn_at_once()
    {
        var turns = new CommandTurns(Turn, capacity: 1);

        var sent = turns.Execute([Command(1), Command(2), Command(3)]);
        await Task.WhenAll(sent);

        Assert.Equal([[1, 2, 3]], _turns);
        Assert.Empty(turns.Execute([]));
        Assert.True(turns.IsIdle);
    }

    [Fact]
    public async Task A_turn_that_fails_fails_those_of_this_turn_alone()
    {
        var turns = new CommandTurns(Turn, capacity: 100);
        _mayEnd = new TaskCompletionSource();
        var failing = turns.Execute(Command(-1)).AsTask();
        var next = turns.Execute(Command(1)).AsTask();
        _mayEnd.SetResult();

        await Assert.ThrowsAsync<TwinUnavailableException>(() => failing);
        Assert.IsType<Decision.Rejected>(await next.Within("the next turn"));
    }

    [Fact]
    public async Task When_it_is_full_senders_wait_for_room_and_nothing_is_lost()
    {
        var turns = new CommandTurns(Turn, capacity: 2);
        _mayEnd = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 10).Select(i => turns.Execute(Command(i)).AsTask()).ToArray();
        _mayEnd.SetResult();

        await Task.WhenAll(sent).Within("ten decisions");
        Assert.Equal(Enumerable.Range(0, 10), _turns.SelectMany(turn => turn).Order());
        Assert.All(_turns, turn => Assert.InRange(turn.Length, 1, 2));
    }

    [Fact]
    public async Task A_sender_that_waits_for_room_may_stop_waiting()
    {
        var turns = new CommandTurns(Turn, capacity: 1);
        _mayEnd = new TaskCompletionSource();
        var sent = new[] { turns.Execute(Command(0)).AsTask(), turns.Execute(Command(1)).AsTask() };
        using var patience = new CancellationTokenSource();
        var impatient = turns.Execute(Command(2), patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _mayEnd.SetResult();
        await Task.WhenAll(sent).Within("the two that were in");
        Assert.DoesNotContain(2, _turns.SelectMany(turn => turn));
    }

    [Fact]
    public async Task Once_closed_it_refuses_what_waits_and_what_comes_and_ends_with_the_turn_under_way()
    {
        var turns = new CommandTurns(Turn, capacity: 100);
        _mayEnd = new TaskCompletionSource();
        var underWay = turns.Execute(Command(0)).AsTask();
        var waiting = turns.Execute(Command(1)).AsTask();

        var closed = turns.Close(new TwinUnavailableException("closed"));

        await Assert.ThrowsAsync<TwinUnavailableException>(() => waiting);
        await Assert.ThrowsAsync<TwinUnavailableException>(() => turns.Execute(Command(2)).AsTask());
        foreach (var promise in turns.Execute([Command(3)]))
            await Assert.ThrowsAsync<TwinUnavailableException>(() => promise);

        Assert.False(closed.IsCompleted);
        _mayEnd.SetResult();
        await closed.Within("the end of the turn under way");
        Assert.IsType<Decision.Rejected>(await underWay);
        Assert.Equal([[0]], _turns);
        Assert.True(turns.Close(new TwinUnavailableException("again")).IsCompleted);
    }

    private static TwinCommand.Review Command(int number) => new TwinCommand.Review(new Instant(number));

    private static TaskCompletionSource Ended()
    {
        var ended = new TaskCompletionSource();
        ended.SetResult();
        return ended;
    }

    private async ValueTask Turn(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions)
    {
        _turns.Add([.. commands.Span.ToArray().Select(command => (int)command.At.UnixMilliseconds)]);
        for (var i = 0; i < commands.Length; i++)
            decisions.Span[i] = new Decision.Rejected(new TwinRejection($"{commands.Span[i].At.UnixMilliseconds}", ""));

        var fails = commands.Span[0].At.UnixMilliseconds < 0;
        await _mayEnd.Task;
        if (fails)
            throw new TwinUnavailableException("failed");
    }
}
