namespace OrleansIot.Application.Access;

/// <summary>Whether a registered certificate lets in; its words are those of AWS IoT, in capitals.</summary>
public enum CertificateStatus
{
    Active,

    /// <summary>Not now; may become active again.</summary>
    Inactive,

    /// <summary>Not any more.</summary>
    Revoked,
}
