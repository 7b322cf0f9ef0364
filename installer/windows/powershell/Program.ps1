# Runs writeback.exe, and hands it secrets: only what is asked for goes in and out.

$script:Program = Join-Path -Path $PSScriptRoot -ChildPath '..\..\writeback.exe'

# parameter of a command = name for --secrets-fd
$script:SecretNames = [ordered]@{
    AccountPassword = 'account_password'
    EnrolmentCode = 'enrolment_code'
    ProxyPassword = 'proxy_password'
    ServicePassword = 'service_password'
    PreviousServicePassword = 'previous_service_password'
    NewPassword = 'new_password'
}

function Format-NativeArgument {
    # as a program of Windows takes its command line apart: backslashes count before a quote
    [OutputType([string])]
    param([string] $Value)

    if ($Value -ne '' -and $Value -notmatch '[\s"]') {
        return $Value
    }
    $escaped = $Value -replace '(\\*)"', '$1$1\"'
    $escaped = $escaped -replace '(\\+)\z', '$1$1'
    return '"' + $escaped + '"'
}

function Write-JsonText {
    # each character as \uXXXX: ASCII alone, whatever the code page; nothing is kept
    param([System.IO.Stream] $Stream, [securestring] $Secret)

    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($Secret)
    try {
        for ($at = 0; $at -lt $Secret.Length; $at++) {
            $unit = [System.Runtime.InteropServices.Marshal]::ReadInt16($pointer, 2 * $at) -band 0xFFFF
            $bytes = [System.Text.Encoding]::ASCII.GetBytes('\u' + $unit.ToString('x4'))
            $Stream.Write($bytes, 0, $bytes.Length)
        }
    }
    finally {
        [System.Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($pointer)
    }
}

function Write-Secret {
    # the JSON object that --secrets-fd reads, to its end
    param([System.IO.Stream] $Stream, [System.Collections.IDictionary] $Secrets)

    $before = '{"'
    foreach ($name in $Secrets.Keys) {
        $head = [System.Text.Encoding]::ASCII.GetBytes($before + $name + '":"')
        $Stream.Write($head, 0, $head.Length)
        Write-JsonText -Stream $Stream -Secret $Secrets[$name]
        $before = '","'
    }
    $end = [System.Text.Encoding]::ASCII.GetBytes('"}')
    $Stream.Write($end, 0, $end.Length)
}

function ConvertTo-SecureText {
    # a name that stands among secrets, such as an administrator's
    [OutputType([securestring])]
    param([string] $Text)

    $made = New-Object -TypeName System.Security.SecureString
    foreach ($character in $Text.ToCharArray()) {
        $made.AppendChar($character)
    }
    return $made
}

function Get-GivenSecret {
    # of what a command was called with, by the names for --secrets-fd. It takes the table
    # as it is: a [pscredential] that is given null would ask a person.
    [OutputType([hashtable])]
    param([System.Collections.IDictionary] $Bound)

    $secrets = @{}
    if ($Bound.ContainsKey('AdminCredential') -and $Bound['AdminCredential']) {
        $secrets['admin_user'] = ConvertTo-SecureText -Text $Bound['AdminCredential'].UserName
        $secrets['admin_password'] = $Bound['AdminCredential'].Password
    }
    foreach ($name in $script:SecretNames.Keys) {
        if ($Bound.ContainsKey($name) -and $Bound[$name]) {
            $secrets[$script:SecretNames[$name]] = $Bound[$name]
        }
    }
    return $secrets
}

function Get-SecretArgument {
    # where there are secrets, standard input is said to hold them
    [OutputType([string[]])]
    param([System.Collections.IDictionary] $Secrets)

    if ($Secrets.Count -gt 0) {
        return @('--secrets-fd', '0')
    }
    return @()
}

function Start-WritebackProcess {
    # the program, its three streams ours; no window
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([string[]] $ArgumentList)

    if (-not (Test-Path -LiteralPath $script:Program -PathType Leaf)) {
        $what = "$($script:Program) is missing. Repair the installation: msiexec /fa writeback.msi /qn"
        $exception = New-Object -TypeName System.IO.FileNotFoundException -ArgumentList $what
        $category = [System.Management.Automation.ErrorCategory]::ObjectNotFound
        throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList @(
                $exception, 'Writeback.ProgramMissing', $category, $script:Program
            ))
    }
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = $script:Program
    $start.Arguments = ($ArgumentList | ForEach-Object -Process { Format-NativeArgument -Value $_ }) -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    # of a pipe it is the code page of the system
    $start.StandardErrorEncoding = [System.Text.Encoding]::GetEncoding(0)
    return [System.Diagnostics.Process]::Start($start)
}

function ConvertFrom-Answer {
    # null where it is no JSON object: the program did not come so far
    param([string] $Text)

    try {
        return ConvertFrom-Json -InputObject $Text -ErrorAction Stop
    }
    catch {
        return $null
    }
}

function Invoke-Writeback {
    # one command: its exit code, its JSON object, and what it said on standard error
    param(
        [string[]] $ArgumentList,
        [System.Collections.IDictionary] $Secrets = @{},
        [switch] $Reads
    )

    $process = Start-WritebackProcess -ArgumentList $ArgumentList
    try {
        $said = $process.StandardOutput.ReadToEndAsync()
        $told = $process.StandardError.ReadToEndAsync()
        try {
            if ($Secrets.Count -gt 0) {
                Write-Secret -Stream $process.StandardInput.BaseStream -Secrets $Secrets
            }
            $process.StandardInput.Close()
        }
        catch [System.IO.IOException] {
            # it ended before it had read them: why is in its answer
            Write-Debug -Message $_.Exception.Message
        }
        if ($Reads) {
            # so that Ctrl-C is heard; what changes something goes on to its end
            while (-not $process.WaitForExit(200)) {
                continue
            }
        }
        $process.WaitForExit()
        $lines = @($told.Result -split '\r?\n' | Where-Object -FilterScript { $_ })
        foreach ($line in $lines) {
            Write-Verbose -Message $line
        }
        return [pscustomobject] @{
            Exit = $process.ExitCode
            Answer = ConvertFrom-Answer -Text $said.Result
            Told = $lines
        }
    }
    finally {
        if ($Reads -and -not $process.HasExited) {
            $process.Kill()
        }
        $process.Dispose()
    }
}
