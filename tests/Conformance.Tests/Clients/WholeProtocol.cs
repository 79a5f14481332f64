namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>The switch of the scenarios that need more of the protocol than the gateway speaks so far.</summary>
internal static class WholeProtocol
{
    /// <summary>Why they are skipped; null runs them.</summary>
    public const string? Missing = "NOT TESTED: the gateway does not yet speak QoS 2, nor keep sessions beyond their connection.";
}
