using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Gateways in one process that are each other's peers, over a network that does what the test says.</summary>
internal sealed class PeerHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TestGateway> _gateways = new();
    private readonly ConcurrentDictionary<(string From, string To), Line> _lines = new();
    private readonly Lock _membership = new();

    public TestGateway Add(string name, params (string Setting, string Value)[] settings)
    {
        var gateway = new TestGateway(
            services =>
            {
                services.AddSingleton(this);
                services.AddSingleton(new Address(name));
                services.AddGatewayPeers<Transport>();
            },
            settings);
        return _gateways[name] = gateway;
    }

    /// <summary>Adds gateways that know each other.</summary>
    public async Task<TestGateway[]> Joined(params string[] names)
    {
        var gateways = names.Select(name => Add(name)).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            for (var j = 0; j < i; j++)
                await Join(names[i], names[j]);
        }

        return gateways;
    }

    /// <summary>Makes two gateways peers; done when each has taken the other's first batch.</summary>
    public Task Join(string a, string b)
    {
        var (there, back) = (Between(a, b), Between(b, a));
        there.FirstAccepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        back.FirstAccepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_membership)
        {
            PeersOf(a).Join(new PeerId(b));
            PeersOf(b).Join(new PeerId(a));
        }

        return Task.WhenAll(there.FirstAccepted.Task, back.FirstAccepted.Task).Within($"the first batches between {a} and {b}");
    }

    public void Leave(string a, string b)
    {
        lock (_membership)
        {
            PeersOf(a).Leave(new PeerId(b));
            PeersOf(b).Leave(new PeerId(a));
        }
    }

    public Line Between(string from, string to) => _lines.GetOrAdd((from, to), _ => new Line());

    public GatewayPeers PeersOf(string name) => _gateways[name].Services.GetRequiredService<GatewayPeers>();

    public async ValueTask DisposeAsync()
    {
        foreach (var (a, b) in _lines.Keys)
            Leave(a, b);
        foreach (var gateway in _gateways.Values)
            await gateway.DisposeAsync();
    }

    private async Task<PeerAnswer> Send(string from, string to, byte[] batch, CancellationToken cancellation)
    {
        var line = Between(from, to);
        line.SawSend();
        await line.Open.WaitAsync(cancellation);
        if (line.LosesBatches)
            throw new PeerUnreachableException("lost on the way there");

        if (line.TakeOtherAnswer() is { } other)
            return other;

        // Whoever is being told of a peer is told before that one's first batch comes.
        GatewayPeers receiver;
        lock (_membership)
            receiver = PeersOf(to);
        var answer = receiver.Receive(new PeerId(from), batch);
        if (line.TakeLostAnswer())
            throw new PeerUnreachableException("the answer was lost on its way back");
        if (answer == PeerAnswer.Accepted)
            line.FirstAccepted.TrySetResult();
        return answer;
    }

    internal sealed record Address(string Name);

    internal sealed class Transport(PeerHub hub, Address self) : IPeerTransport
    {
        public Task<PeerAnswer> Send(PeerId peer, byte[] batch, CancellationToken cancellation) => hub.Send(self.Name, peer.Name, batch, cancellation);
    }

    /// <summary>One direction between two gateways.</summary>
    internal sealed class Line
    {
        private const int None = -1;

        private TaskCompletionSource _open = Opened();
        private TaskCompletionSource _send = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _lostAnswers;
        private int _sends;
        private int _otherAnswer = None;

        public TaskCompletionSource FirstAccepted { get; set; } = Opened();

        public Task Open => Volatile.Read(ref _open).Task;

        public bool LosesBatches { get; set; }

        public int Sends => Volatile.Read(ref _sends);

        /// <summary>Lets batches wait.</summary>
        public void Hold()
        {
            _send = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _open, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        /// <summary>A batch waits.</summary>
        public Task Holding() => _send.Task.Within("a batch that is held up");

        public void Release() => _open.TrySetResult();

        /// <summary>Of the next so many batches the sender does not hear that they arrived.</summary>
        public void LoseAnswers(int count) => Volatile.Write(ref _lostAnswers, count);

        /// <summary>The next batch is not taken, and this is answered.</summary>
        public void AnswerOnce(PeerAnswer answer) => Volatile.Write(ref _otherAnswer, (int)answer);

        public PeerAnswer? TakeOtherAnswer() => Interlocked.Exchange(ref _otherAnswer, None) is var answer and not None ? (PeerAnswer)answer : null;

        public bool TakeLostAnswer() => Interlocked.Decrement(ref _lostAnswers) >= 0;

        public void SawSend()
        {
            Interlocked.Increment(ref _sends);
            _send.TrySetResult();
        }

        private static TaskCompletionSource Opened()
        {
            var done = new TaskCompletionSource();
            done.SetResult();
            return done;
        }
    }
}
