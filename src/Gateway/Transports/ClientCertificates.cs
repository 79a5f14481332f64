namespace OrleansIot.Gateway.Transports;

/// <summary>Whether clients show a certificate.</summary>
public enum ClientCertificates
{
    /// <summary>They are not asked for one.</summary>
    None,

    /// <summary>They may; one that does not hold is refused.</summary>
    Optional,

    /// <summary>They have to.</summary>
    Required,
}
