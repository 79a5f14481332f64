using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.Hosting.Access;

/// <summary>Keeps the keys of sign-ins in the store that the hosts share.</summary>
// The framework asks without waiting being an option: with the first sign-in, and then once a day.
internal sealed class SharedKeys(IKeyRing ring) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(() => ring.All(CancellationToken.None).AsTask()).GetAwaiter().GetResult().Select(key => XElement.Parse(key))];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => ring.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).AsTask()).GetAwaiter().GetResult();
}
