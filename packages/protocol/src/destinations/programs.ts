const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words of the shell itself that a command may follow. */
export const KEYWORDS: ReadonlySet<string> = set('if then else elif while until do ! time coproc');

/** Programs that run the command they are given. */
export const WRAPPERS: ReadonlySet<string> = set(
  'sudo doas env nohup nice timeout xargs exec command builtin stdbuf setsid watch ionice unbuffer chroot flock',
);

export const SHELLS: ReadonlySet<string> = set('sh bash zsh dash ksh fish ash');

/** Programs whose first operand says what they do: `git push` is not `git status`. */
export const PROGRAMS_WITH_SUBCOMMANDS: ReadonlySet<string> = set(
  'git npm pnpm yarn npx bun bunx deno node-gyp docker docker-compose podman buildah skopeo kubectl oc helm aws gcloud gsutil bq az gh glab hub cargo rustup go ' +
    'pip pip3 pipx uv uvx poetry conda mamba brew apt apt-get aptitude yum dnf apk pacman snap flatpak systemctl service terraform tofu terragrunt pulumi ansible ' +
    'vault consul nomad heroku flyctl fly vercel netlify wrangler svn hg make just gradle gradlew mvn dotnet composer bundle gem rails rake artisan openssl ip ' +
    'nmcli tmux redis-cli rclone restic borg launchctl crictl ctr nerdctl eksctl kops minikube kind argocd flux istioctl stripe supabase firebase prisma nx turbo',
);

/** Programs that talk to the hosts named in their operands. */
export const NETWORK_PROGRAMS: ReadonlySet<string> = set(
  'curl wget http https httpie xh nc ncat netcat telnet ssh scp sftp rsync ftp lftp ping dig nslookup host traceroute nmap mosh aria2c whois',
);

/** Options that take the next word as their value. */
export const VALUE_OPTIONS: ReadonlySet<string> = set(
  '-C -c -n -u -g -o -O -i -I -H -d -F -X -A -e -b -p -l -f -m -P -T -s -k --git-dir --work-tree --namespace --context --kubeconfig --profile --region --project --data --data-raw ' +
    '--data-binary --header --request --output --user --user-agent --cookie --cert --key --file --url --upload-file --proxy --form --max-time --connect-timeout --retry --prefix --cwd --dir',
);
