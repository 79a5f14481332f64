using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>Alone in its process' time: it watches memory and gauges, and leaves no processor to others.</summary>
[CollectionDefinition(nameof(ConnectionFuzz), DisableParallelization = true)]
[Collection(nameof(ConnectionFuzz))]
public sealed class ConnectionFuzz(ITestOutputHelper output)
{
    private const int WarmUp = 4_000, Connections = 20_000, AtATime = 32;

    // Beside each so many connections the bystander goes once around its loop.
    private const int ConnectionsPerRound = 20;

    // A connection takes about 14 KB while it is there; 300 bytes of each, forgotten, are more than this. What the pools keep
    // varies by two, whether there were 10,000 connections or 100,000.
    private const long MaxGrowthBytes = 6 * 1024 * 1024;

    // Where threads wait for a processor there are more of them, each with a part of the pools: they fill up once. What is
    // forgotten grows in every round.
    private const int Rounds = 3;

    private const string Loop = "bystander/loop";

    private static readonly string[] Watched = ["orleansiot_mqtt_connections", "orleansiot_mqtt_sessions", "orleansiot_mqtt_subscriptions", "orleansiot_mqtt_outbound_queue"];

    // Far beyond what a connection takes on a busy machine: only one that hangs takes so long.
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Twenty_thousand_hostile_connections_leave_nothing_behind_and_harm_nobody()
    {
        var seed = Random.Shared.Next();

        // A bit that flips in CONNECT may ask for a session of days, under any name.
        await using var gateway = await ListeningGateway.Start(
            "--Gateway:WebSocket:Port", "0", "--Gateway:RetainedMessages", "50", "--Gateway:RetainedBytes", "65536", "--Gateway:MaxSessionExpiry", "00:00:02");
        gateway.Log.KeepsFrom = LogLevel.Warning;
        gateway.Twins.Forgets = true;
        Remembered();
        var unobserved = new ConcurrentQueue<Exception>();
        void Observe(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Observe;
        try
        {
            var (socket, bystander) = await SocketTransport.Open(gateway.Port);
            using var _ = socket;
            await bystander.Connect("bystander", keepAlive: 60);
            await bystander.Subscribe(Loop);
            var quiet = Watched.Select(Gauges.Read).ToArray();

            await Attack(gateway, bystander, seed, WarmUp);
            await ComesToRest(gateway, quiet);

            using var connects = new MeterWatch("orleansiot_mqtt_connects");
            using var publishes = new MeterWatch("orleansiot_mqtt_publishes");
            var started = TimeProvider.System.GetTimestamp();
            var (took, growth) = (TimeSpan.Zero, 0L);
            for (var round = 0; round < Rounds; round++)
            {
                var before = Remembered();
                await Attack(gateway, bystander, seed + WarmUp + (round * Connections), Connections);
                took = TimeProvider.System.GetElapsedTime(started);
                await ComesToRest(gateway, quiet);
                growth = Remembered() - before;
                if (growth < MaxGrowthBytes)
                    break;
            }

            await GoAround(bystander, 1);
            HasNoFault(gateway, $"seeds from {seed}");
            Assert.True(unobserved.IsEmpty, $"Seeds from {seed}: nobody saw {unobserved.FirstOrDefault()}");
            Assert.True(growth < MaxGrowthBytes, $"Seeds from {seed}: each time {Connections:N0} connections left as much behind, {growth:N0} bytes at last.");

            // Whoever is turned away at the door finds nothing behind it.
            var admitted = connects["Success"];
            Assert.InRange(admitted, Connections / 3, long.MaxValue);
            output.WriteLine(
                $"Measured: connection fuzz, {Connections:N0} connections, {AtATime} at a time, in {took.TotalSeconds:0} s: {admitted:N0} admitted, "
                + $"{publishes["0"] + publishes["1"] + publishes["2"]:N0} messages taken; heap {growth / 1024.0:+#,0;-#,0;0} KiB; first seed {seed}");
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Observe;
        }
    }

    /// <summary>Hostile connections, and the bystander among them.</summary>
    private static async Task Attack(ListeningGateway gateway, TestClient bystander, int seed, int count)
    {
        using var rounds = new SemaphoreSlim(0);
        using var over = new CancellationTokenSource();
        var finished = 0;
        var watching = Watch(bystander, rounds, over.Token);
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) =>
            {
                var script = HostileScript.FromSeed(unchecked(seed + i));
                await Play(script, script.IsWebSocket ? gateway.Address.WebSocket!.Port : gateway.Port);
                HasNoFault(gateway, $"about seed {script.Seed}");
                if (Interlocked.Increment(ref finished) % ConnectionsPerRound == 0)
                    rounds.Release();
            });
        }
        finally
        {
            await over.CancelAsync();
        }

        await watching;
    }

    private static async Task Watch(TestClient bystander, SemaphoreSlim rounds, CancellationToken over)
    {
        for (var round = 0; ; round++)
        {
            try
            {
                await rounds.WaitAsync(over);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await GoAround(bystander, round);
        }
    }

    /// <summary>A message at QoS 1 to itself, and a ping: each answered, nothing else comes.</summary>
    private static async Task GoAround(TestClient bystander, int round)
    {
        var packetId = (ushort)(1 + (round % 1_000));
        await bystander.Publish(Loop, $"{round}", packetId);
        var (isAcknowledged, isReceived) = (false, false);
        while (!isAcknowledged || !isReceived)
        {
            var packet = await bystander.Receive();
            if (packet.Type == MqttPacketType.PubAck && !isAcknowledged)
            {
                isAcknowledged = true;
                Assert.Equal((packetId, MqttReasonCode.Success), (packet.Id, packet.Code));
            }
            else
            {
                isReceived = true;
                Assert.Equal((MqttPacketType.Publish, Loop, $"{round}"), (packet.Type, packet.Topic, packet.Payload));
                await bystander.Acknowledge(packet.Id);
            }
        }

        await bystander.Ping();
    }

    private static async Task Play(HostileScript script, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var answers = new ConcurrentQueue<byte[]>();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = script.Reads ? Read(socket, script, answers, heard) : Task.CompletedTask;
        await Send(socket, script, answers, heard.Task).Within(Hanging, $"the gateway's taking what seed {script.Seed} sends");
        if (script.Ending == Ending.HalfClose)
            await reading.Within(Hanging, $"the gateway's end of the connection of seed {script.Seed}");

        // Without lingering the port is free again at once.
        if (script.Ending != Ending.Close)
            socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        await reading.Within(Hanging, $"this side's end of the connection of seed {script.Seed}");
    }

    private static async Task Send(Socket socket, HostileScript script, ConcurrentQueue<byte[]> answers, Task heard)
    {
        try
        {
            foreach (var write in script.Writes)
                await socket.SendAsync(write);
            if (script.AwaitsAnswer)
                await heard;
            while (answers.TryDequeue(out var answer))
                await socket.SendAsync(answer);
            if (script.Ending == Ending.HalfClose)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The gateway has had enough.
        }
    }

    /// <summary>Reads until the end, notes what is to be answered, and holds the gateway to sending packets and nothing else.</summary>
    private static async Task Read(Socket socket, HostileScript script, ConcurrentQueue<byte[]> answers, TaskCompletionSource heard)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(filled)) is var received and > 0)
            {
                if (script.IsWebSocket)
                {
                    heard.TrySetResult();
                    continue;
                }

                filled += received;
                var read = TakePackets(buffer.AsSpan(0, filled), answers, script);
                heard.TrySetResult();
                buffer.AsSpan(read, filled - read).CopyTo(buffer);
                filled -= read;
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // It was ended at once, by this side or by the gateway.
        }
        finally
        {
            heard.TrySetResult();
        }
    }

    private static int TakePackets(ReadOnlySpan<byte> bytes, ConcurrentQueue<byte[]> answers, HostileScript script)
    {
        var read = 0;
        while (true)
        {
            var status = MqttFrame.Read(bytes[read..], int.MaxValue, out var frame, out var length, out var reason);
            Assert.True(status != OperationStatus.InvalidData, $"To seed {script.Seed} the gateway sent what is no packet ({reason}).");
            if (status != OperationStatus.Done)
                return read;

            read += length;
            if (HostileScript.Answer(frame) is { } answer)
                answers.Enqueue(answer);
        }
    }

    /// <summary>Every connection is over, and no session is left that lasts.</summary>
    private static async Task ComesToRest(ListeningGateway gateway, long[] quiet)
    {
        foreach (var name in HostileScript.LastingClients)
        {
            var (socket, client) = await SocketTransport.Open(gateway.Port);
            using var _ = socket;
            await client.Connect(name);
            await client.Disconnect();
            await client.ExpectClosed();
        }

        for (var i = 0; i < Watched.Length; i++)
        {
            var (gauge, expected) = (Watched[i], quiet[i]);
            await Eventually.IsTrue($"{gauge} shows {expected} again", () => Task.FromResult(Gauges.Read(gauge) == expected), Hanging);
        }
    }

    private static void HasNoFault(ListeningGateway gateway, string where)
    {
        var log = gateway.Log;
        string[] lines = [.. log.Of(LogLevel.Critical), .. log.Of(LogLevel.Error)];
        Assert.True(lines.Length == 0, $"{where}: {string.Join('\n', lines)}\n{log.Faults.FirstOrDefault()}");
    }

    private static long Remembered()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
