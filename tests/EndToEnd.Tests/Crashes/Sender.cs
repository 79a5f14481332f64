using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A client that speaks for some devices: sends what is new, some of it twice, and after a crash what had no answer.</summary>
internal sealed class Sender(string clientId, MqttVersion version, IReadOnlyList<LoadedDevice> devices, Random random)
{
    private const int RepeatPercent = 5;
    private const int ResendWindow = 32;
    private static readonly TimeSpan AnswerLimit = TimeLimit.Usual;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, SentMessage> _inFlight = [];
    private SemaphoreSlim _room = new(1);
    private Action _onAnswer = () => { };
    private ushort _lastPacketId;

    public string ClientId => clientId;

    public IReadOnlyList<LoadedDevice> Devices => devices;

    /// <summary>Whether it speaks for itself: its connection is the device's own.</summary>
    public bool IsDevice => devices is [var device] && device.Id == clientId;

    /// <summary>Answers that said no.</summary>
    public int Refused { get; private set; }

    /// <summary>Sends new messages until all are answered, one is refused, or the server is gone.</summary>
    public async Task Load(int port, int messages, int window, Action onAnswer)
    {
        try
        {
            foreach (var device in devices)
                device.MayReboot();

            await using var connection = await Open(port, window, onAnswer);
            var refused = Refused;
            for (var i = 0; i < messages && Refused == refused; i++)
            {
                await _room.WaitAsync(connection.Lost);
                var device = devices[random.Next(devices.Count)];
                var repeated = random.Next(100) < RepeatPercent ? device.Repeatable() : null;
                if (repeated is null)
                    await Send(connection, device, device.Next(), isRepeat: false);
                else if (!await Send(connection, device, repeated, isRepeat: true))
                    _room.Release();
            }

            await AllAnswered(window, connection.Lost);
            if (IsDevice && random.Next(3) == 0)
                await connection.Disconnect();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // What has no answer is sent again when the server is back.
        }
    }

    /// <summary>Sends again what had no answer, in its order; some of it twice.</summary>
    /// <param name="stay">Awaited with the connection open.</param>
    public async Task SendAgain(int port, Func<Task> stay)
    {
        await using var connection = await Open(port, ResendWindow, () => { });
        var lost = devices.SelectMany(device => device.Unanswered.Select(message => (device, message))).ToList();
        using var limit = new CancellationTokenSource(AnswerLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.Lost);
        foreach (var (device, message) in lost)
        {
            await _room.WaitAsync(either.Token);
            await Send(connection, device, message, isRepeat: true);
        }

        await AllAnswered(ResendWindow, either.Token);
        _room.Release(ResendWindow);
        foreach (var (device, message) in lost.Where(_ => random.Next(4) == 0))
        {
            await _room.WaitAsync(either.Token);
            await Send(connection, device, message, isRepeat: true);
        }

        await AllAnswered(ResendWindow, either.Token);
        await stay();
    }

    private Task<LoadConnection> Open(int port, int window, Action onAnswer)
    {
        lock (_lock)
            _inFlight.Clear();

        _room = new SemaphoreSlim(window);
        _onAnswer = onAnswer;
        return LoadConnection.Open(port, clientId, version, Answered);
    }

    private async Task AllAnswered(int window, CancellationToken cancellation)
    {
        for (var i = 0; i < window; i++)
            await _room.WaitAsync(cancellation);
    }

    /// <summary>False where its packet identifier is in use.</summary>
    private async Task<bool> Send(LoadConnection connection, LoadedDevice device, SentMessage message, bool isRepeat)
    {
        var isRedelivery = isRepeat && device.Identity == MessageIdentity.Redelivery;
        lock (_lock)
        {
            if (!isRedelivery)
                message.PacketId = FreePacketId();

            if (!_inFlight.TryAdd(message.PacketId, message))
                return false;
        }

        await connection.Publish(message.PacketId, device.Topic, message.Payload, isRedelivery);
        return true;
    }

    private ushort FreePacketId()
    {
        do
            _lastPacketId++;
        while (_lastPacketId == 0 || _inFlight.ContainsKey(_lastPacketId));
        return _lastPacketId;
    }

    private void Answered(ushort packetId, MqttReasonCode reason)
    {
        lock (_lock)
        {
            if (!_inFlight.Remove(packetId, out var message))
                throw new InvalidOperationException($"PUBACK of {packetId}, which is not in flight.");

            if (reason < MqttReasonCode.UnspecifiedError)
                message.IsAcknowledged = true;
            else
                Refused++;
        }

        _room.Release();
        _onAnswer();
    }
}
