namespace Presence.Dashboard.Demo;

/// <summary>How this server reaches itself.</summary>
internal static class DemoAddress
{
    /// <summary>The first plain HTTP address among those listened on, "every interface" as the loopback one; null when there is none.</summary>
    public static Uri? Of(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            var binding = BindingAddress.Parse(address);
            if (!string.Equals(binding.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || binding.IsUnixPipe || binding.IsNamedPipe)
                continue;
            var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host;
            return new UriBuilder(Uri.UriSchemeHttp, host, binding.Port).Uri;
        }
        return null;
    }
}
