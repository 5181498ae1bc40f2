using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Runs the hashing of passwords on threads of its own, and leaves one core to everything else: a hash takes a tenth of a
/// second on purpose, and without a bound any number of strangers could have the server do nothing else.
/// </summary>
/// <remarks>Bounded: <see cref="MostAtOnce"/> at a time, <see cref="MostWaiting"/> behind them; the next is refused.</remarks>
internal sealed class PasswordHashing : IDisposable
{
    public const int MostWaiting = 16;

    private readonly SemaphoreSlim _turns;
    private int _inside;
    private int _forms;

    public PasswordHashing()
        : this(Environment.ProcessorCount)
    {
    }

    internal PasswordHashing(int cores)
    {
        MostAtOnce = Math.Max(1, cores - 1);
        _turns = new SemaphoreSlim(MostAtOnce, MostAtOnce);
    }

    public int MostAtOnce { get; }

    /// <summary>A hash of an unknown password, for accounts that don't exist. Created on first use.</summary>
    public string? OfNobody { get; set; }

    /// <summary>Whether one more would be refused.</summary>
    public bool IsFull => Volatile.Read(ref _inside) >= Most || Volatile.Read(ref _forms) >= Most;

    private int Most => MostAtOnce + MostWaiting;

    /// <summary>Takes a place for a form that will have a password hashed, before any work is done for it: as many have one as may wait and run.</summary>
    /// <returns>Left when it is answered, or waits for something else; null when none is free.</returns>
    public FormPlace? TryAdmit()
    {
        var place = new FormPlace(() => Interlocked.Decrement(ref _forms));
        if (Interlocked.Increment(ref _forms) <= Most && Volatile.Read(ref _inside) < Most)
            return place;
        place.Dispose();
        return null;
    }

    /// <summary>Waits for its turn and runs.</summary>
    /// <exception cref="HashingBusyException">As many wait as may. Nothing ran.</exception>
    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > Most)
                throw new HashingBusyException();
            await _turns.WaitAsync(cancellationToken);
            try
            {
                // Not on the thread pool: heartbeats need its few threads, and a hash occupies one for long.
                return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _turns.Dispose();
}

/// <summary>A form's place among those in work.</summary>
/// <param name="leave">Makes room for another; called once.</param>
internal sealed class FormPlace(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

/// <summary>As many passwords wait to be hashed as may. This one was not looked at; in a moment it may be.</summary>
internal sealed class HashingBusyException() : Exception("Too many passwords are being checked.")
{
    /// <summary>About how long those who wait take.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
}

/// <summary>Marks a page or form whose post has a password hashed: who posts too many is refused before anything is done for it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HashesPasswordsAttribute : Attribute;

/// <summary>
/// Checks and sets the passwords of accounts. Identity's own methods for it hash on the caller's thread, as many at once as
/// there are callers; the build refuses their use.
/// </summary>
internal sealed class ModeratorPasswords(UserManager<ModeratorAccount> accounts, IPasswordHasher<ModeratorAccount> hasher, PasswordHashing hashing)
{
    public const int Rounds = 210_000;
    public const int Longest = 256;

    /// <summary>Whether it is the account's password. A hash of fewer rounds than today's is renewed by the way.</summary>
    /// <param name="account">Null if there is no account: checking takes as long as with one.</param>
    /// <param name="password">What was typed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="HashingBusyException">It was not looked at.</exception>
    public async Task<bool> VerifyAsync(ModeratorAccount? account, string password, CancellationToken cancellationToken)
    {
        if (password.Length is 0 or > Longest)
            return false;
        var (isRight, renewed) = await hashing.RunAsync(() => Verify(account, password), cancellationToken);
        if (renewed is not null)
        {
            account!.PasswordHash = renewed;
            await accounts.UpdateAsync(account); // the password is unchanged, so the stamp stays and sessions continue
        }
        return isRight;
    }

    /// <summary>Puts a new password into an account, and with it a new stamp; saves nothing.</summary>
    /// <returns>The rules it breaks, in words; then nothing was changed.</returns>
    /// <exception cref="HashingBusyException">Nothing was changed.</exception>
    public async Task<IdentityResult> SetAsync(ModeratorAccount account, string password, CancellationToken cancellationToken)
    {
        foreach (var rule in accounts.PasswordValidators)
        {
            if (await rule.ValidateAsync(accounts, account, password) is { Succeeded: false } broken)
                return broken;
        }
        account.PasswordHash = await hashing.RunAsync(() => hasher.HashPassword(account, password), cancellationToken);
        account.SecurityStamp = Guid.NewGuid().ToString();
        return IdentityResult.Success;
    }

    private (bool IsRight, string? Renewed) Verify(ModeratorAccount? account, string password)
    {
        if (account?.PasswordHash is not { } hash)
        {
            var nobody = new ModeratorAccount();
            hasher.VerifyHashedPassword(nobody, hashing.OfNobody ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString()), password);
            return (false, null);
        }
        return hasher.VerifyHashedPassword(account, hash, password) switch
        {
            PasswordVerificationResult.Success => (true, null),
            PasswordVerificationResult.SuccessRehashNeeded => (true, hasher.HashPassword(account, password)),
            _ => (false, null),
        };
    }
}

/// <summary>What became of an attempt to change one's password.</summary>
internal enum PasswordOutcome
{
    Changed,

    /// <summary>The current password was wrong.</summary>
    Wrong,

    /// <summary>The new one has too few characters.</summary>
    Short,

    /// <summary>The new one has more characters than are looked at.</summary>
    Long,

    /// <summary>The new one has too few different characters.</summary>
    Uniform,

    /// <summary>The new one is made of the account's own words.</summary>
    Own,

    /// <summary>The new password is a common one.</summary>
    Common,

    /// <summary>Too many wrong ones from this address.</summary>
    Throttled,

    /// <summary>Too many passwords are being checked: this one was not looked at.</summary>
    Busy,
}

/// <summary>
/// What a new password may not be made of: the account's own words, and those everybody tries first. Length and different
/// characters are Identity's rules. Character classes have no rule.
/// </summary>
/// <remarks>A word, and what people put around it (digits, punctuation, o written as 0), is taken away; what remains must be something.</remarks>
internal sealed class PasswordRules : IPasswordValidator<ModeratorAccount>
{
    public const string TooLong = "PasswordTooLong";
    public const string OwnWords = "PasswordOwnWords";
    public const string Common = "PasswordCommon";

    private const int LeastOfItsOwn = 5;
    private const int ShortestWord = 3;

    /// <summary>Several words that have nothing to do with each other are a good password, though each is common.</summary>
    private const int MostCommonWords = 2;

    /// <summary>The longer first: what a shorter one would take a part of.</summary>
    private static readonly string[] CommonWords =
    [
        .. new[]
        {
            "password", "passwort", "passw", "kennwort", "motdepasse", "contrasena", "losenord", "wachtwoord", "qwertyuiop", "qwertzuiop", "azertyuiop", "qwerty", "qwertz", "azerty",
            "asdfghjkl", "asdfgh", "asdf", "zxcvbnm", "yxcvbnm", "zxcvb", "qazwsxedc", "qazwsx", "qweasdzxc", "qwe", "asd", "zxc", "abcdefghijkl", "mnopqrstuvwxyz", "abcdefgh", "abcdef", "abcd", "abc",
            "letmein", "iloveyou", "welcome", "willkommen", "administrator", "admin", "moderator", "dashboard", "presence", "secret", "changeme", "default", "master", "login",
            "dragon", "monkey", "sunshine", "princess", "football", "baseball", "superman", "batman", "starwars", "trustno", "shadow", "michael", "jordan", "computer", "internet", "whatever",
            "spring", "summer", "autumn", "winter", "january", "february", "april", "june", "july", "august", "september", "october", "november", "december",
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "test", "user", "guest", "root", "server", "access", "hello", "love", "pass", "word", "your", "my", "the", "is",
        }.OrderByDescending(word => word.Length),
    ];

    public Task<IdentityResult> ValidateAsync(UserManager<ModeratorAccount> manager, ModeratorAccount user, string? password) =>
        Task.FromResult(ProblemOf(password ?? "", [user.Email ?? "", user.Name ?? ""]) is { } problem ? IdentityResult.Failed(problem) : IdentityResult.Success);

    /// <summary>Which of these rules a password breaks; null for none.</summary>
    /// <param name="password">The new one.</param>
    /// <param name="own">The account's email and name.</param>
    internal static IdentityError? ProblemOf(string password, IEnumerable<string> own)
    {
        if (password.Length > ModeratorPasswords.Longest)
            return new IdentityError { Code = TooLong, Description = Sentence.With(AccountTexts.ProblemLong, ModeratorPasswords.Longest) };
        if (IsMadeOf(password, [.. own.SelectMany(WordsOf).OrderByDescending(word => word.Length)], int.MaxValue))
            return new IdentityError { Code = OwnWords, Description = AccountTexts.ProblemOwnWords };
        return IsMadeOf(password, CommonWords, MostCommonWords) || IsRow(password) ? new IdentityError { Code = Common, Description = AccountTexts.ProblemCommon } : null;
    }

    private static bool IsMadeOf(string password, IReadOnlyList<string> words, int most)
    {
        var plain = password.ToLowerInvariant();
        return IsMadeOfLetters(plain, words, most) || IsMadeOfLetters(Unmasked(plain), words, most);
    }

    private static bool IsMadeOfLetters(string text, IReadOnlyList<string> words, int most)
    {
        var rest = string.Concat(text.Where(char.IsLetter));
        var found = 0;
        foreach (var word in words)
        {
            if (!rest.Contains(word, StringComparison.Ordinal))
                continue;
            rest = rest.Replace(word, " ", StringComparison.Ordinal); // a space, so that the text around it doesn't form a new word
            found++;
        }
        return found > 0 && found <= most && rest.Count(char.IsLetter) < LeastOfItsOwn;
    }

    /// <summary>Nothing but digits in a row, up or down: 123456789012, 098765432109.</summary>
    private static bool IsRow(string password)
    {
        var (up, down) = (0, 0);
        for (var i = 1; i < password.Length; i++)
        {
            var step = password[i] - password[i - 1];
            up += step is 1 or 0 or -9 ? 1 : 0;
            down += step is -1 or 0 or 9 ? 1 : 0;
        }
        return Math.Max(up, down) >= (password.Length - 1) * 3 / 4;
    }

    private static string Unmasked(string text) => string.Create(text.Length, text, static (plain, masked) =>
    {
        for (var i = 0; i < masked.Length; i++)
        {
            plain[i] = masked[i] switch
            {
                '0' => 'o',
                '1' or '!' or '|' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                var other => other,
            };
        }
    });

    private static IEnumerable<string> WordsOf(string text)
    {
        var words = string.Concat(text.ToLowerInvariant().Select(character => char.IsLetter(character) ? character : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Where(word => word.Length >= ShortestWord);
    }
}
