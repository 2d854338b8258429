export const firstNames = words(`
  Aaron Adaeze Agnieszka Aiko Alejandra Alexandru Amélie Amina Anaïs Anders Andrea Ángel Anna Anton Arjun Asha Astrid Ayşe
  Beatriz Benedikt Björn Bogdan Brendan Brigitte Caitlin Camille Carlos Chiara Chinedu Chloë Clara Claudia Dagmar Daniel
  Dariusz David Deepa Diego Dmitri Ebba Eilidh Elena Eliška Émile Emma Esra Eszter Fatima Federico Femke Fiona Florian
  François Gabriel Georg Giulia Grace Gregor Hanna Haruto Héctor Helena Henrik Hiroshi Ibrahim Ilse Inés Ingrid Irina Isabel
  Ivan Jakub Jana Jean-Luc Jens João Johanna José Jürgen Kaja Karim Katarína Kenji Klaus Kwame Lars Laura Léa Leila Liam
  Linnéa Lucía Ludmila Lukas Łukasz Magdalena Mai Małgorzata Marco María Marit Marta Mateus Matthias Mehmet Mei Michał Miguel
  Mikael Milica Mohammed Moritz Nadia Naomi Nikolai Nils Niamh Nuno Olga Oliver Ömer Oskar Paolo Patrick Paula Pavel Pedro
  Petra Pierre Priya Rachel Rafael Rania Renée Ricardo Robert Rosa Ruth Saoirse Sára Sebastian Sigrid Simone Siobhán Sofía
  Søren Stefan Susanne Svetlana Takumi Tamara Thomas Tomáš Ulrike Valentina Vera Viktor Wei Wiebke Yasmin Yusuf Yuki Zoë
  Zsófia Zuzana`)

export const lastNames = words(`
  Abbott Acheampong Adeyemi Agarwal Åkesson Almeida Andersson Antonelli Árnason Bachmann Baker Bałuk Barbieri Bauer Becker
  Bélanger Benešová Bergström Bianchi Blanchard Bondarenko Böhm Brandt Brennan Brouwer Bühler Campbell Cardoso Castro
  Černý Chandra Chen Chukwu Clarke Colombo Conti Costa Côté Curtis D'Amico D'Angelo Dąbrowski Dahl Das de-Boer Delgado Demir
  Díaz Dietrich Doğan Domínguez Dubois Dvořák Ekwueme Eriksen Espinoza Evans Faure Fernández Ferrari Fiala Fischer
  Fitzgerald Fontaine Fraser Fuchs Fujita Gallagher García Gauthier Gianni Giordano Gómez González Görlitz Gray Greco Grünwald
  Guerrero Gupta Gustafsson Haas Hansen Hartmann Hassan Hayashi Heikkinen Hernández Herrmann Hoàng Hoffmann Holm Horváth
  Huber Hughes Hussain Ibáñez Ito Ivanov Iversen Jansen Jiménez Johansson Jones Jovanović Kamara Kaplan Kaufmann Kaya Keller
  Khan Kim Kiss Klein Kováč Kowalski Krämer Krüger Kumar Kuznetsov Lambert Larsson Laurent Lefèvre Lehmann Lewandowski Lindqvist
  López Lund MacDonald Mäkinen Mancini Marchetti Martín Mbeki McCarthy McLeod Meier Mendes Mensah Mertens Meyer Mitchell
  Molina Morales Moreau Mori Müller Murphy Nagy Nakamura Navarro Németh Nguyễn Nielsen Nikolić Novák Nowak Núñez Nyström
  O'Brien O'Connor O'Neill O'Sullivan Oduya Okafor Olsen Öztürk Papadopoulos Park Patel Pavlović Pereira Pérez Petersen
  Petrov Pham Popescu Pospíšil Quinn Rahman Ramírez Rao Reid Reyes Ricci Richter Rivière Rodríguez Rossi Roth Ruiz Russo Şahin
  Saint-Pierre Salazar Sánchez Santos Sato Schäfer Schmidt Schneider Schröder Schwarz Seidel Sharma Shevchenko Silva Singh
  Škoda Smith Sørensen Sousa Stewart Strand Suárez Suzuki Svoboda Szabó Tanaka Teixeira Thompson Tóth Tremblay Türk Urban
  Vaněk Vargas Vasquez Verhoeven Vidal Virtanen Vogel Wagner Walsh Wang Weber Weiß Werner Wiśniewski Wójcik Wolf Wright Yamada
  Yıldız Young Zając Zhang Ziegler Zimmermann Žukauskas`)

export const departments = words(`
  Accounting Administration Analytics Archive Audit Compliance Communications Controlling Design Development Education
  Engineering Events Facilities Finance Infrastructure Innovation Insurance Legal Logistics Maintenance Management Marketing
  Operations Payroll Planning Procurement Production Quality Reception Recruiting Research Retail Sales Security Service
  Strategy Support Training Treasury`)

export const places = words(`
  Amsterdam Athens Barcelona Berlin Boston Brno Budapest Chicago Copenhagen Dublin Edinburgh Geneva Hamburg Helsinki Kraków
  Lagos Lisbon London Lyon Madrid Málaga Milan Montréal München Nairobi Oslo Paris Porto Prague Pune Reykjavík Riga
  Singapore Stockholm Sydney Tallinn Tokyo Toronto Vienna Vilnius Warsaw Zürich`)

export const mailboxes: readonly string[] = words(`
  info sales support billing careers press office reception hello orders invoices feedback security abuse postmaster
  newsletter events facilities travel helpdesk`)

/** A name as used in an address: without accents and white space, apostrophes kept. */
export function localPart(name: string): string {
  const plain = name.toLowerCase().replace(/[łøßıđæ]/g, (letter) => unaccented[letter] ?? letter)
  return plain
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z'-]+/g, '-')
}

const unaccented: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', ı: 'i', đ: 'd', æ: 'ae' }

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
