using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Application.Documents;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>What came of reading a device type's document: the type, or everything that is wrong with it.</summary>
public sealed class DeviceTypeDocumentResult
{
    internal DeviceTypeDocumentResult(DeviceType? type, ImmutableArray<DocumentFault> faults)
    {
        Type = type;
        Faults = faults;
    }

    public DeviceType? Type { get; }

    /// <summary>Empty where <see cref="Type"/> is there.</summary>
    public ImmutableArray<DocumentFault> Faults { get; }

    [MemberNotNullWhen(true, nameof(Type))]
    public bool IsValid => Type is not null;
}
