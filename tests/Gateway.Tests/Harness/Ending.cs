namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>How a hostile client ends its connection.</summary>
internal enum Ending
{
    /// <summary>Closes its own side, and reads on until the gateway closes the other.</summary>
    HalfClose,

    /// <summary>Closes both.</summary>
    Close,

    /// <summary>Resets the connection at once.</summary>
    Reset,
}
