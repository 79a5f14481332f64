namespace OrleansIot.Gateway.Telemetry;

/// <summary>The connection that messages come over, as what takes them in knows it. On any thread.</summary>
internal interface IPublisher
{
    /// <summary>There is room again.</summary>
    void OnRoom();

    /// <summary>PUBACKs can leave that <see cref="PublishIntake.TakeReadyAcks"/> did not tell of.</summary>
    void OnAcksReady();

    /// <summary>A client of 3.1.1 must not be sent the PUBACK that it waits for.</summary>
    void OnNotStored();
}
