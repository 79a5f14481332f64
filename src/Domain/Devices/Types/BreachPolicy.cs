namespace OrleansIot.Domain.Devices.Types;

/// <summary>What becomes of a reading that breaks its device type's schema.</summary>
public enum BreachPolicy : byte
{
    /// <summary>It is stored, and marked wherever it is shown.</summary>
    Flag = 0,

    /// <summary>It is not taken; the sender is told why.</summary>
    Refuse = 1,
}
