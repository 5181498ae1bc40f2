using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>Secrets made at the first start and kept in the data folder, readable by its owner alone.</summary>
internal sealed class KeyFolder(DashboardOptions options)
{
    public const string Name = "keys";

    private const int SecretBytes = 32;

    private readonly string _folder = Path.Combine(options.Data, Name);

    /// <summary>A random secret of 256 bits, made when the file is not there.</summary>
    /// <exception cref="StartupException">The file holds something else, or cannot be read or written.</exception>
    public byte[] Secret(string name)
    {
        if (ReadSecret(name) is { } kept)
            return kept;
        var made = RandomNumberGenerator.GetBytes(SecretBytes);
        Write(name, Convert.ToBase64String(made));
        return made;
    }

    /// <summary>A secret that was made before; null when it is not there.</summary>
    /// <exception cref="StartupException">The file holds something else, or cannot be read.</exception>
    public byte[]? ReadSecret(string name)
    {
        if (Read(name) is not { } text)
            return null;
        var secret = new byte[SecretBytes];
        return Convert.TryFromBase64String(text, secret, out var length) && length == SecretBytes ? secret : throw Damaged(name);
    }

    /// <summary>The text of a key file, made when the file is not there.</summary>
    /// <exception cref="StartupException">The file is empty.</exception>
    public string Text(string name, Func<string> make)
    {
        if (Read(name) is { } kept)
            return kept;
        var made = make();
        Write(name, made);
        return made;
    }

    /// <summary>The text of a key file; null when it is not there.</summary>
    /// <exception cref="StartupException">The file is empty.</exception>
    public string? Read(string name)
    {
        var path = Path.Combine(_folder, name);
        if (!File.Exists(path))
            return null;
        try
        {
            OwnerFiles.Tighten(path); // a folder restored from a backup can be readable by other users
            var text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : throw Damaged(name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, failure);
        }
    }

    /// <summary>The names of the key files of one kind.</summary>
    public IEnumerable<string> Files(string pattern) => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, pattern).Select(path => Path.GetFileName(path)) : [];

    /// <summary>Puts a text in place of what the file holds, whole or not at all: a process that is killed midway leaves no half a key behind.</summary>
    public void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            OwnerFiles.CreateFolder(_folder);
            var draft = path + ".new";
            using (var stream = OwnerFiles.Open(draft, FileMode.Create))
            {
                stream.Write(Encoding.ASCII.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, failure);
        }
    }

    /// <summary>The refusal for a key file or folder that belongs to another user, or is on a failing disk.</summary>
    public static StartupException Unusable(string path, Exception failure) => new(
        $"{Path.GetFullPath(path)} cannot be used: {failure.Message} {Environment.UserName}, the user the server runs as, must own the data folder and everything in it{(OperatingSystem.IsWindows() ? "." : $": chown -R {Environment.UserName} FOLDER")}", failure);

    public StartupException Damaged(string name) => new(
        $"{Path.GetFullPath(Path.Combine(_folder, name))} is damaged. Restore it from a backup, or delete it to create a new one. Everything signed with the old one becomes invalid.");
}

/// <summary>Makes or reads the keys once there is a database and before anything is served: a damaged key file stops the start and not the first login.</summary>
internal sealed class KeyInitializer(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ClientKey>();
        services.GetRequiredService<SigningKeys>().Turn();
        services.GetRequiredService<GuestIds>();
        services.GetRequiredService<AddressHashes>();
        _ = services.GetRequiredService<VapidKeys>().PublicKey;
        CookieKeys.ThrowIfDamaged(services.GetRequiredService<KeyFolder>(), services.GetRequiredService<IKeyManager>());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The public key that apps send as X-API-Key when they log a viewer in. Names this installation; protects nothing by itself.</summary>
internal sealed class ClientKey
{
    public const string FileName = "client.key";

    private readonly SecretComparison _comparison;

    public ClientKey(DashboardOptions options, KeyFolder keys)
    {
        Value = options.Clients.Key ?? keys.Text(FileName, () => "pk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _comparison = new SecretComparison(Value);
    }

    /// <summary>The key, from the configuration or made at the first start.</summary>
    public string Value { get; }

    public bool Matches(ReadOnlySpan<char> presented) => _comparison.Matches(presented);
}

/// <summary>Compares a presented secret with the right one in a time that tells nothing of either.</summary>
internal sealed class SecretComparison(string secret)
{
    private const int LongestSecret = 128;

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public bool Matches(ReadOnlySpan<char> presented)
    {
        if (presented.Length > LongestSecret)
            return false;
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestSecret)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(presented, text)], hash); // hashed first, so that the compared lengths are equal
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }
}
