using OrleansIot.Scenarios.Clients;

namespace OrleansIot.Scenarios.Editions;

/// <summary>The product while it runs, on free loopback ports and a store of its own.</summary>
public interface IRunningSystem : IAsyncDisposable
{
    /// <summary>Where devices and people come in: one per process or silo, in the same order after a restart.</summary>
    IReadOnlyList<EntryPoint> Entries { get; }

    /// <summary>Where a scenario's devices connect: the first entry, while people use the last. So in a cluster whatever one silo took is asked of another.</summary>
    int MqttPort => Entries[0].MqttPort;

    Uri Http => Entries[^1].Http;

    ApiClient Api => Entries[^1].Api;

    /// <summary>Ends the first entry without a word, as <c>kill -9</c> does.</summary>
    Task KillHard();

    /// <summary>Starts what does not run, over the same store; each entry's MQTT port is where its devices look for it.</summary>
    Task StartAgain();

    /// <summary>Stops all of it as an operator does, and tells the exit code: 0, or the first that is another.</summary>
    Task<int> Stop();
}
